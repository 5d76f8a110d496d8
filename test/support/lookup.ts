import { UndefinedName } from '#model/evaluation-error.ts'
import { omit } from '#model/omit.ts'
import type { ControllerReads, Lookup } from '#model/value.ts'

/** A controller on which nothing exists, at one fixed time. */
export const emptyController: ControllerReads = {
  env: () => undefined,
  readFile(path) {
    throw new Error(`"${path}" does not exist.`)
  },
  exists: () => false,
  glob: () => [],
  pipe: () => '',
  now: () => new Date('2026-03-04T05:06:07Z'),
}

/** Variables written out; `omit` is always there. */
export function lookupOf(
  variables: Readonly<Record<string, unknown>>,
  controller: Partial<ControllerReads> = {},
): Lookup {
  const all = new Map(Object.entries({ ...variables, omit }))
  return {
    has: (name) => all.has(name),
    get(name) {
      if (all.has(name)) return all.get(name)
      throw new UndefinedName(name, `"${name}" is not defined.`)
    },
    names: () => all.keys(),
    controller: { ...emptyController, ...controller },
  }
}
