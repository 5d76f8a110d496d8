import { createController } from '#app/controller.ts'
import { type ModuleOutcome, runModule } from '#execute/run-module.ts'
import type { Controller } from '#sdk/controller.ts'
import type { Mode, ModuleDefinition } from '#sdk/module.ts'
import type { MemoryHandler } from '#transport/memory.ts'
import { memorySession } from './host-session.ts'

/** A controller whose seconds pass a thousand times as fast. */
export function fastController(): Controller {
  const controller = createController({ folder: '/' })
  const started = Date.now()
  return {
    ...controller,
    now: () => new Date(started + (Date.now() - started) * 1000),
    sleep: (milliseconds, signal) => controller.sleep(milliseconds / 1000, signal),
  }
}

/** A controller whose clock moves by sleeping alone, and fast: waiting is the same on a slow machine. */
export function sleepingController(): Pick<Controller, 'now' | 'sleep'> {
  const controller = createController({ folder: '/' })
  let time = Date.now()
  return {
    now: () => new Date(time),
    async sleep(milliseconds, signal) {
      time += milliseconds
      await controller.sleep(milliseconds / 50, signal)
    },
  }
}

/** Runs modules against a host in memory, and keeps what they said on the way. */
export function openMemoryBench(answer: MemoryHandler): {
  readonly said: string[]
  run(module: ModuleDefinition, args: unknown, mode?: Mode): Promise<ModuleOutcome>
} {
  const { session } = memorySession(answer)
  const said: string[] = []
  return {
    said,
    run: (module, args, mode = 'apply') =>
      runModule({
        module,
        args,
        session,
        controller: fastController(),
        mode,
        verbosity: 0,
        diff: true,
        as: undefined,
        env: {},
        signal: new AbortController().signal,
        progress: (text) => said.push(text),
      }),
  }
}
