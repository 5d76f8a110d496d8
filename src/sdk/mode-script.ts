import { pathWords } from './host-path.ts'
import { modeText } from './path-state.ts'
import { raw, type Script, sh } from './quote.ts'

/** More words than this do not surely fit into the argument list of one process. */
const atOnce = 500

/**
 * Sets the permission bits of many paths, with one chmod for each kind of bits, joined with `&&`. The bits are numbers,
 * since the chmod programs of hosts read clauses such as `u=rwX` in different ways. Undefined for no paths.
 */
export function modeScript(
  entries: readonly { readonly path: string; readonly mode: number }[],
): Script | undefined {
  const steps = [...Map.groupBy(entries, ({ mode }) => mode)].flatMap(([mode, some]) =>
    chunks(some.map(({ path }) => path)).map((paths) => sh`chmod ${modeText(mode)} ${pathWords(paths)}`.text),
  )
  return steps.length === 0 ? undefined : raw(steps.join(' &&\n'))
}

function chunks(paths: readonly string[]): readonly (readonly string[])[] {
  return Array.from({ length: Math.ceil(paths.length / atOnce) }, (_, i) =>
    paths.slice(i * atOnce, (i + 1) * atOnce),
  )
}
