import type { Emit, Recap } from '#model/event.ts'
import type { Program } from '#model/program.ts'
import type { Dependencies, RunSettings } from './dependencies.ts'
import { hostAddress } from './host-address.ts'
import { recapOf } from './recap.ts'
import { runPlay } from './run-play.ts'
import { RunState } from './run-state.ts'
import { abandonAhead } from './take-ahead.ts'

/**
 * Runs a program: emits an event for everything that happens, the recap last, and gives the recap. Hosts' and
 * users' failures are events; only bugs are thrown. All connections are closed before it returns.
 */
export async function execute(
  program: Program,
  dependencies: Dependencies,
  settings: RunSettings,
): Promise<Recap> {
  // What a host still says after an interruption comes too late: the recap is the last event.
  let isOver = false
  const emit: Emit = (event) => {
    if (!isOver) dependencies.emit(event)
  }
  const run = new RunState(program, { ...dependencies, emit }, settings, hostAddress)
  emit({
    type: 'run_start',
    playbooks: settings.playbooks,
    mode: settings.mode,
    version: settings.version,
    time: new Date(run.startedAt).toISOString(),
  })
  try {
    const hadHosts = await runPlays(run)
    await Promise.all(run.hosts().map((host) => abandonAhead(run, host)))
    const recap = await recapOf(run, hadHosts)
    emit(recap)
    isOver = true
    return recap
  } finally {
    await Promise.all(run.hosts().map((host) => host.sessions.close()))
  }
}

async function runPlays(run: RunState): Promise<boolean> {
  let hadHosts = false
  for (const play of run.program.plays) {
    if (run.interrupted || run.stopped) break
    hadHosts = (await runPlay(run, play)) || hadHosts
  }
  return hadHosts
}
