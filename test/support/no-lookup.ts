import { UndefinedName } from '#model/evaluation-error.ts'
import type { Lookup } from '#model/value.ts'

/** Variables of one host that are only what is given, on a machine that answers nothing. */
export function noLookup(variables: Readonly<Record<string, unknown>> = {}): Lookup {
  const refuse = (): never => {
    throw new Error('The test asks the controller for nothing.')
  }
  return {
    has: (name) => Object.hasOwn(variables, name),
    get(name) {
      if (!Object.hasOwn(variables, name)) throw new UndefinedName(name, `"${name}" is not defined.`)
      return variables[name]
    },
    names: () => Object.keys(variables),
    controller: {
      env: () => undefined,
      readFile: refuse,
      exists: () => false,
      glob: () => [],
      pipe: refuse,
      now: () => new Date(0),
    },
  }
}
