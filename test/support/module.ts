import { mkdtempSync, rmSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createController } from '#app/controller.ts'
import { HostSession } from '#execute/host-session.ts'
import { type ModuleOutcome, runModule } from '#execute/run-module.ts'
import { compileSchema } from '#lang/json-schema.ts'
import type { Become, HostAddress } from '#model/transport.ts'
import type { Controller } from '#sdk/controller.ts'
import type { Mode, ModuleDefinition } from '#sdk/module.ts'
import { createConnector } from '#transport/connect.ts'

export interface ModuleBench {
  /** A fresh folder for this bench, removed by `close`. */
  readonly folder: string
  readonly session: HostSession
  /** Checks the arguments against the module's schema and runs it for real, by a real sh on this machine. */
  run(
    module: ModuleDefinition<never> | ModuleDefinition,
    args: unknown,
    options?: RunOptions,
  ): Promise<ModuleOutcome>
  /** Runs twice and fails the test when the second run would change anything or the first did not settle. */
  converge(module: ModuleDefinition, args: unknown, options?: RunOptions): Promise<ModuleOutcome>
  close(): Promise<void>
}

interface RunOptions {
  readonly mode?: Mode
  readonly as?: Become
  readonly verbosity?: number
  readonly env?: Record<string, string>
  readonly controller?: Partial<Controller>
}

const here: HostAddress = {
  host: 'here',
  connection: 'local',
  address: 'localhost',
  connectTimeoutMs: 10_000,
  retries: 0,
}

/** A place to try modules against a real file system and a real shell: this machine's, unless told otherwise. */
export function openModuleBench(
  address: HostAddress = here,
  env: Readonly<Record<string, string | undefined>> = process.env,
): ModuleBench {
  const folder = mkdtempSync(join(tmpdir(), 'tsplay-module-'))
  const connector = createConnector({ homeDirectory: homedir(), env })
  const session = new HostSession(address.host, () =>
    connector.connect(address, new AbortController().signal),
  )
  const controller = createController({ folder })

  const run = async (module: ModuleDefinition, args: unknown, options: RunOptions = {}) => {
    const schema = compileSchema(module.args)
    const coerced = schema.coerce(args)
    const issues = schema.validate(coerced)
    if (issues.length > 0) throw new Error(`bad arguments: ${JSON.stringify(issues)}`)
    return runModule({
      module,
      args: coerced,
      session,
      controller: { ...controller, ...options.controller },
      mode: options.mode ?? 'apply',
      verbosity: options.verbosity ?? 0,
      diff: true,
      as: options.as,
      env: options.env ?? {},
      signal: new AbortController().signal,
      progress: () => undefined,
      // As in a run: a module that says it writes once is held to it.
      onWriting: async () => undefined,
    })
  }

  return {
    folder,
    session,
    run,
    async converge(module, args, options = {}) {
      // The test may have changed something behind the session's back.
      session.store.forget([{ kind: 'everything' }])
      const first = await run(module, args, options)
      if (first.unsettled.length > 0) throw new Error(`not settled: ${first.unsettled.join(', ')}`)
      // As a new run would see it: nothing is remembered.
      session.store.forget([{ kind: 'everything' }])
      const second = await run(module, args, options)
      if (second.changes.length > 0) throw new Error(`changes again: ${JSON.stringify(second.changes)}`)
      return first
    },
    async close() {
      await session.disconnect()
      await connector.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
