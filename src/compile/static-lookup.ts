import { EvaluationError, UndefinedName } from '#model/evaluation-error.ts'
import type { ControllerReads, Lookup, Value, VarsLayer } from '#model/value.ts'

const nothing: ReadonlyMap<string, unknown> = new Map()

/** The variables of some layers, given weakest first, and `magic` above them; no host, no files, no clock. */
export function staticLookup(
  layers: readonly VarsLayer[],
  magic: ReadonlyMap<string, unknown> = nothing,
): Lookup {
  const find = (name: string): Value | undefined =>
    layers.findLast(({ vars }) => vars.has(name))?.vars.get(name)
  const open = new Set<string>()
  const lookup: Lookup = {
    has: (name) => magic.has(name) || find(name) !== undefined,
    names: () => new Set([...magic.keys(), ...layers.flatMap(({ vars }) => [...vars.keys()])]),
    get: (name) => {
      if (magic.has(name)) return magic.get(name)
      const value = find(name)
      if (!value) throw new UndefinedName(name, `"${name}" is not known before the run.`)
      if (open.has(name)) throw new EvaluationError(`"${name}" is defined by itself.`, value.range)
      open.add(name)
      try {
        return value.render(lookup)
      } finally {
        open.delete(name)
      }
    },
    controller: noReads,
  }
  return lookup
}

const refuse = (): never => {
  throw new EvaluationError('Files, programs, the clock and the environment cannot be read before the run.')
}

const noReads: ControllerReads = {
  env: refuse,
  readFile: refuse,
  exists: refuse,
  glob: refuse,
  pipe: refuse,
  now: refuse,
}
