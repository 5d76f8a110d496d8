import { controllerFunctions } from './functions/controller.ts'
import { conversionFunctions } from './functions/conversion.ts'
import { dataFunctions } from './functions/data.ts'
import { encodingFunctions } from './functions/encoding.ts'
import type { FunctionDefinition } from './functions/function-definition.ts'
import { ipFunctions } from './functions/ip-address.ts'
import { listFunctions } from './functions/lists.ts'
import { mapFunctions } from './functions/maps.ts'
import { numberFunctions } from './functions/numbers.ts'
import { pathFunctions } from './functions/paths.ts'
import { patternFunctions } from './functions/pattern.ts'
import { resultFunctions } from './functions/results.ts'
import { textFunctions } from './functions/text.ts'
import { timeFunctions } from './functions/time.ts'
import { versionFunctions } from './functions/versions.ts'

/** Every function that evaluates all its arguments, in groups as the reference shows them. */
export const functionGroups: readonly { title: string; functions: readonly FunctionDefinition[] }[] = [
  { title: 'Text', functions: textFunctions },
  { title: 'Regular expressions', functions: patternFunctions },
  { title: 'Conversion', functions: conversionFunctions },
  { title: 'Numbers', functions: numberFunctions },
  { title: 'Lists', functions: listFunctions },
  { title: 'Mappings', functions: mapFunctions },
  { title: 'Results of tasks', functions: resultFunctions },
  { title: 'JSON and YAML', functions: dataFunctions },
  { title: 'Encoding', functions: encodingFunctions },
  { title: 'Paths', functions: pathFunctions },
  { title: 'Time', functions: timeFunctions },
  { title: 'Versions and addresses', functions: [...versionFunctions, ...ipFunctions] },
  { title: 'The controller', functions: controllerFunctions },
]

let byName: ReadonlyMap<string, FunctionDefinition> | undefined

export function functionsByName(): ReadonlyMap<string, FunctionDefinition> {
  byName ??= new Map(
    functionGroups.flatMap((group) => group.functions).map((one) => [one.name, one] as const),
  )
  return byName
}
