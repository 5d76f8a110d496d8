import { isMap, kindOf } from '#lang/kind-of.ts'
import { BadArgument, type FunctionDefinition } from './function-definition.ts'

/** Questions to a registered result. */
export const resultFunctions: readonly FunctionDefinition[] = [
  question('changed', 'Tells whether a registered task changed something.', (result) =>
    isTrue(result, 'changed'),
  ),
  question('failed', 'Tells whether a registered task failed.', (result) => isTrue(result, 'failed')),
  question('skipped', 'Tells whether a registered task was skipped.', (result) => isTrue(result, 'skipped')),
  question(
    'succeeded',
    'Tells whether a registered task neither failed nor found its host unreachable.',
    (result) => !isTrue(result, 'failed') && !isTrue(result, 'unreachable'),
  ),
  question('unreachable', 'Tells whether the host of a registered task could not be reached.', (result) =>
    isTrue(result, 'unreachable'),
  ),
]

type Result = Readonly<Record<string, unknown>>

function question(name: string, summary: string, ask: (result: Result) => boolean): FunctionDefinition {
  return {
    name,
    signature: `${name}(result)`,
    summary,
    example: [`${name}({'changed': true})`, name === 'changed' || name === 'succeeded'],
    keepsSecrets: true,
    call: ([result]) => {
      if (isMap(result)) return ask(result)
      throw new BadArgument(`The result of a task is needed, as "register" gives it, not ${kindOf(result)}.`)
    },
  }
}

function isTrue(result: Result, key: string): boolean {
  return Object.hasOwn(result, key) && result[key] === true
}
