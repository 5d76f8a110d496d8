import type { Play } from '#model/program.ts'
import { batchesOf, hostsOfPlay } from './batches.ts'
import { dynamicVars } from './dynamic-vars-files.ts'
import { fetchFacts } from './evaluate.ts'
import { closeGuards } from './guard-changes.ts'
import { flushHandlers } from './handlers.ts'
import { limited } from './limited.ts'
import { handlerName, restorePending } from './pending-handlers.ts'
import type { Place, PlayState } from './play-state.ts'
import type { RunState } from './run-state.ts'
import { runSteps, stillIn } from './run-steps.ts'
import { scopeOf } from './scopes.ts'
import { failStep } from './step-failure.ts'
import { becomeOf, wishesOf } from './task-keywords.ts'

/** Runs one play, batch after batch. True when it had a host at all. */
export async function runPlay(run: RunState, play: Play): Promise<boolean> {
  const scope = scopeOf('localhost', { run, play: undefined, step: undefined })
  const all = hostsOfPlay(run, play, scope)
  const hosts = all.filter((host) => mayTakePart(run, host))
  run.dependencies.emit({
    type: 'play_start',
    play: play.name,
    hosts,
    strategy: play.strategy,
    source: `${play.range.file}:${play.range.start.line}`,
  })
  if (all.length === 0) run.warn(`The play "${play.name}" has no hosts: its pattern or --limit leaves none.`)
  for (const host of all) run.played.add(host)
  for (const handler of play.handlers) run.handlerNames.set(handler.id, handlerName(handler))
  const batches = batchesOf(hosts, play.serial)
  for (const [i, batch] of batches.entries()) {
    const state = playState(run, play, hosts, batch)
    if (batches.length > 1) emitBatch(state, i, batches.length)
    await runBatch(state)
    if (state.ended || run.stopped || run.interrupted || isLost(state)) break
  }
  return all.length > 0
}

/** Hosts that ended an earlier play by `end_host` take part again; failed and unreachable ones do not. */
function mayTakePart(run: RunState, name: string): boolean {
  const host = run.host(name)
  if (host.condition === 'ended') host.condition = 'active'
  return host.isActive
}

function playState(
  run: RunState,
  play: Play,
  playHosts: readonly string[],
  batch: readonly string[],
): PlayState {
  return {
    run,
    play,
    playHosts,
    batch,
    hostLayers: new Map(),
    handlers: [...play.handlers],
    ended: false,
    cleared: new Set(),
    disturbing: new Map(),
    announced: new Set(),
  }
}

function emitBatch({ run, play, batch }: PlayState, index: number, of: number): void {
  run.dependencies.emit({ type: 'batch_start', play: play.name, hosts: batch, number: index + 1, of })
}

/** A batch of which every host failed ends the play and all later ones. */
function isLost({ run, batch }: PlayState): boolean {
  const lost =
    batch.length > 0 && batch.every((host) => ['failed', 'unreachable'].includes(run.host(host).condition))
  if (lost) run.stopped = true
  return lost
}

async function runBatch(state: PlayState): Promise<void> {
  const place: Place = { state, locals: new Map(), rescued: false, rest: undefined, handler: false }
  await Promise.all(state.batch.map((host) => prepareHost(host, place)))
  await byStrategy(place)
  await lastFlush(place)
  await Promise.all(state.run.hosts().map(({ name }) => closeGuards(state.run, name)))
  for (const host of state.cleared) state.run.host(host).condition = 'active'
}

/** Variables and facts that the play will read, before its first task; a host that cannot give them is out. */
async function prepareHost(host: string, place: Place): Promise<void> {
  const { run, play } = place.state
  try {
    await dynamicVars(host, place.state)
    const facts = factsToGather(run, play)
    if (facts.length === 0) return
    const scope = scopeOf(host, { run, play: place.state, step: undefined })
    run.host(host).wishes = wishesOf(play.keywords, scope)
    run.host(host).facts.clear()
    await fetchFacts(run, host, facts, becomeOf(run, play.keywords, { scope, variables: scope }))
  } catch (error) {
    failStep({ step: gatherStep(play), name: 'setup', host, place }, error)
  }
}

function factsToGather({ dependencies }: RunState, play: Play): readonly string[] {
  const { facts, common } = dependencies.hostFacts
  const read = [...play.factPaths].map((path) => path.split('.')[0] ?? path)
  const wanted = read.includes('*') || play.gatherFacts === true ? [...common, ...read] : read
  return [...new Set(wanted)].filter((name) => facts.has(name))
}

const gatherStep = (play: Play) =>
  ({
    kind: 'meta',
    action: 'noop',
    id: `${play.range.file}:${play.range.start.line}#facts`,
    range: play.range,
    when: [],
    tags: [],
    layers: [],
    keywords: play.keywords,
  }) as const

/**
 * linear: all hosts in lockstep. free: each host on its own, all at once. host_pinned: each host on its own,
 * `forks` at a time.
 */
async function byStrategy(place: Place): Promise<void> {
  const { run, play, batch } = place.state
  if (play.strategy === 'linear') return runSections(batch, place)
  const most = play.strategy === 'free' ? batch.length : run.settings.forks
  await limited(batch, most, (host) => runSections([host], place))
}

async function runSections(hosts: readonly string[], place: Place): Promise<void> {
  const { sections } = place.state.play
  for (const [i, section] of sections.entries()) {
    const following = sections[i + 1]
    const rest = following
      ? { steps: following.steps, from: 0, after: undefined, uncertain: true }
      : undefined
    if (section.name === 'roles_and_tasks') restorePending(hosts, place)
    await runSteps(section.steps, hosts, { ...place, rest })
    await flushHandlers(stillIn(hosts, place), place)
  }
}

/** With forced handlers, hosts that failed run what they had notified. */
async function lastFlush(place: Place): Promise<void> {
  const { run, play, batch } = place.state
  if (!play.forceHandlers && !run.settings.forceHandlers) return
  const failed = batch.map((name) => run.host(name)).filter(({ condition }) => condition === 'failed')
  for (const host of failed) host.condition = 'active'
  await flushHandlers(
    failed.map(({ name }) => name),
    place,
  )
  for (const host of failed) if (host.isActive) host.condition = 'failed'
}
