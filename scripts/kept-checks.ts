import { Ajv } from 'ajv'
import standalone from 'ajv/dist/standalone/index.js'
import type { RolldownPlugin } from 'rolldown'
import { checkedPart, checkOptions, keptCheck } from '../src/lang/schema-check.ts'

/** A CommonJS module that exports the check which Ajv would compile when the program runs. */
export function checkCode(schema: object): string {
  const ajv = new Ajv({ ...checkOptions, code: { source: true } })
  return standalone.default(ajv, ajv.compile(checkedPart(schema)))
}

const module = /\/src\/modules\/(?!index\.ts$)[a-z0-9-]+\.ts$/
const check = /^(.*\/src\/modules\/[a-z0-9-]+\.ts)\?check$/

/** Gives the schema of each module's arguments the check that is compiled of it. */
export const keptChecks: RolldownPlugin = {
  name: 'kept-checks',
  resolveId: (source) => (check.test(source) ? source : null),
  async load(id) {
    const [, file] = check.exec(id) ?? []
    return file === undefined ? null : { code: checkCode(await argsOf(file)), moduleType: 'js' }
  },
  transform: {
    filter: { id: module },
    // Behind all else, so the source map is good as it is.
    handler: (code, id) => ({ code: `${code}\n${keeping(id)}`, map: null }),
  },
}

/** A module imports itself for what it exports. Several may have the same arguments. */
const keeping = (id: string): string => `import keptCheck from ${JSON.stringify(`${id}?check`)}
import definition from ${JSON.stringify(id)}
Object.defineProperty(definition.args, Symbol.for(${JSON.stringify(keptCheck.description)}), {
  value: keptCheck,
  configurable: true,
})
`

async function argsOf(file: string): Promise<object> {
  const { default: definition } = await import(file)
  return definition.args
}
