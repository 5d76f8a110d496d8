import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { compileSchema } from '#lang/json-schema.ts'
import { HostError } from '#model/host-error.ts'
import { type ModuleDefinition, type ModuleExample, TaskFailure } from '#sdk/module.ts'
import { describedParts, isMapping, withExpressionsEvaluated, withSecrets } from '../support/arguments.ts'
import type { ModuleBench } from '../support/module.ts'

/** Examples name servers of the network: nobody asks them. Port 9 discards. */
const nowhere = 'http://127.0.0.1:9'
const offline = {
  GIT_ALLOW_PROTOCOL: 'file',
  http_proxy: nowhere,
  https_proxy: nowhere,
  all_proxy: nowhere,
  no_proxy: '',
}

const marker = 'S3cret-text-of-the-conformance-suite'

/** What an example leads to on this machine; undefined where the machine has no such thing to look at. */
interface Planned {
  readonly args: unknown
  readonly changes: readonly unknown[]
}

interface Surroundings {
  readonly bench: () => ModuleBench
  /** Hears of modules with an example that this machine can plan. */
  readonly onPlanned: (name: string) => void
}

/** The laws that every module keeps, tried with its own examples on this machine, which they only read. */
export function describeModule(
  name: string,
  module: ModuleDefinition,
  { bench, onPlanned }: Surroundings,
): void {
  const schema = compileSchema(module.args)
  const isFree = Reflect.get(module.args, 'additionalProperties') === true

  describe(`the module ${name}`, () => {
    test('says in one sentence what it does', () => {
      expect(module.summary).toMatch(/^[A-Z][^\n]*\.$/)
    })

    test('describes every argument, also those inside of others', () => {
      for (const { path, schema: part } of describedParts(module.args)) {
        expect(part['description'], path).toMatch(/^\S.*[.)?`…]$/s)
      }
    })

    // The further arguments of set_fact and add_host are variables: there are no unknown ones.
    test(isFree ? 'takes variables as arguments' : 'refuses unknown arguments', () => {
      const issues = schema.validate(schema.coerce({ 'no such argument': 1 }))
      const refused = issues.some(({ keyword }) => keyword === 'additionalProperties')
      expect(refused).toBe(!isFree)
    })

    test('leads other names of arguments to arguments it has', () => {
      const known = Object.keys(Reflect.get(module.args, 'properties') ?? {})
      const names = [...Object.values(module.argumentAliases ?? {}), module.freeForm].filter(
        (one) => one !== undefined,
      )
      for (const one of names) expect(known).toContain(one)
      for (const alias of Object.keys(module.argumentAliases ?? {})) expect(known).not.toContain(alias)
    })

    test('has examples that are valid, each with a title of its own', () => {
      expect(module.examples.length).toBeGreaterThan(0)
      expect(new Set(module.examples.map(({ title }) => title)).size).toBe(module.examples.length)
      for (const { title, args } of module.examples) {
        expect(schema.validate(schema.coerce(args)), title).toEqual([])
      }
    })

    test.each(module.examples)('plans the same twice and applies only changes: $title', async (example) => {
      const args = schema.coerce(withExpressionsEvaluated(module.args, example.args))
      const planned = await planOf(module, args, bench())
      if (planned) onPlanned(name)
      if (planned?.changes.length !== 0) return
      await runWithoutApply(module, example, { args, bench: bench() })
    })

    test('keeps secrets to itself', async () => {
      for (const { args } of module.examples) {
        const secretive = withSecrets(module.args, args, marker)
        if (secretive === args) continue
        const valid = schema.coerce(withExpressionsEvaluated(module.args, secretive))
        const told = await toldBy(module, valid, bench())
        expect(JSON.stringify(told)).not.toContain(marker)
      }
    })
  })
}

/** Probes for real, then plans twice on input that cannot be changed. */
async function planOf(
  module: ModuleDefinition,
  args: unknown,
  bench: ModuleBench,
): Promise<Planned | undefined> {
  writeSources(args, bench.folder)
  let again: readonly unknown[] | undefined
  const watched: ModuleDefinition = {
    ...module,
    plan(context) {
      const frozen = deeplyFrozen({ args: context.args, state: context.state, mode: context.mode })
      const first = module.plan(frozen)
      again = module.plan(frozen)
      expect(again).toEqual(first)
      return first
    },
  }
  try {
    const { changes } = await bench.run(watched, args, { mode: 'check', env: offline })
    expect(again).toEqual(changes)
    return { args, changes }
  } catch (error) {
    if (error instanceof TaskFailure || error instanceof HostError) return undefined
    throw error
  }
}

async function runWithoutApply(
  module: ModuleDefinition,
  { title }: ModuleExample,
  { args, bench }: { args: unknown; bench: ModuleBench },
): Promise<void> {
  const watched: ModuleDefinition = {
    ...module,
    apply: async () => expect.unreachable(`${title}: apply was called although nothing changes.`),
  }
  expect((await bench.run(watched, args, { env: offline })).changes).toEqual([])
}

/** Everything a module shows in check mode: changes, result, or the failure. */
async function toldBy(module: ModuleDefinition, args: unknown, bench: ModuleBench): Promise<unknown> {
  writeSources(args, bench.folder)
  try {
    const { changes, result } = await bench.run(module, args, { mode: 'check', env: offline })
    return { changes, result }
  } catch (error) {
    if (error instanceof TaskFailure) return { message: error.message, data: error.data }
    if (error instanceof HostError) return { message: error.message, details: error.details }
    throw error
  }
}

/** Makes what `src` names on the controller, so that examples which copy have something to copy. */
function writeSources(args: unknown, folder: string): void {
  const src = isMapping(args) ? args['src'] : undefined
  if (typeof src !== 'string' || src.startsWith('/') || src.startsWith('~') || src === '') return
  const file = join(folder, 'files', src.endsWith('/') ? `${src}inside` : src)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, 'some text\n')
}

function deeplyFrozen<T>(value: T, seen: Set<unknown> = new Set()): T {
  if (typeof value !== 'object' || value === null || seen.has(value) || ArrayBuffer.isView(value))
    return value
  seen.add(value)
  for (const part of Object.values(value)) deeplyFrozen(part, seen)
  return Object.freeze(value)
}
