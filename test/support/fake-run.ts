import type { HostRecap, Recap, RunEvent, Status, TaskEnd } from '#model/event.ts'

export interface FakeRunOptions {
  readonly hosts: number
  readonly tasks: number
  readonly strategy?: 'linear' | 'free'
  readonly mode?: 'apply' | 'check'
}

interface Timed {
  /** Milliseconds since the start of the run. */
  readonly at: number
  readonly event: RunEvent
}

const titles = [
  'Install packages',
  'Write the configuration',
  'Create users',
  'Enable the service',
  'Open the firewall',
]
const roles = [undefined, 'common', 'nginx', 'backups']

/**
 * The events of a run as a busy project would cause them, with their times: some hosts change, one fails, one is
 * unreachable, one task takes long and says how far it is. The same options give the same events.
 */
export function fakeRun({ hosts, tasks, strategy = 'linear', mode = 'apply' }: FakeRunOptions): Timed[] {
  const names = Array.from({ length: hosts }, (_, i) => `web${i + 1}`)
  const counts = new Map(names.map((name) => [name, { ...none }]))
  const lost = new Map<string, number>()
  const events: Timed[] = []
  const play = 'web servers'
  const say = (at: number, event: RunEvent): number => events.push({ at, event })
  say(0, {
    type: 'run_start',
    playbooks: ['site.yml'],
    mode,
    version: '0.1.0',
    time: '2026-01-01T00:00:00.000Z',
  })
  say(0, { type: 'play_start', play, hosts: names, source: 'site.yml:1', strategy })
  let clock = 100
  const clocks = new Map(names.map((name, i) => [name, 100 + i * 7]))
  for (let index = 0; index < tasks; index++) {
    const identity = identityOf(play, index)
    const alive = names.filter((name) => !lost.has(name))
    let end = clock
    const first = Math.min(...alive.map((name) => clocks.get(name) ?? clock))
    const begun = strategy === 'linear' ? clock : first
    const known = names.filter((name) => (lost.get(name) ?? Number.POSITIVE_INFINITY) > begun).length
    say(begun, { type: 'task_start', ...identity, hosts: known, handler: false })
    for (const [i, host] of alive.entries()) {
      const begin = strategy === 'linear' ? clock + i * 5 : (clocks.get(host) ?? clock)
      const took = tookMs(index, i)
      const status = statusOf({ index, i, tasks, mode })
      say(begin, { type: 'host_start', ...identity, host })
      if (index === 3) {
        for (let step = 1; step * 400 < took; step++) {
          say(begin + step * 400, { type: 'progress', ...identity, host, text: `${step * 9} of 100 MB` })
        }
      }
      say(begin + took, taskEnd(identity, host, status, took))
      count(counts.get(host), status)
      if (status === 'failed' || status === 'unreachable') lost.set(host, begin + took)
      clocks.set(host, begin + took)
      end = Math.max(end, begin + took)
    }
    clock = end + 20
  }
  say(clock, recapOf(counts, clock))
  return events.sort((a, b) => a.at - b.at)
}

const none: HostRecap = { ok: 0, changed: 0, unreachable: 0, failed: 0, skipped: 0, rescued: 0, ignored: 0 }

type Identity = Pick<TaskEnd, 'play' | 'task' | 'taskId' | 'role' | 'module' | 'source'>

function identityOf(play: string, index: number): Identity {
  const role = roles[index % roles.length]
  const task = `${titles[index % titles.length]}${index >= 5 ? ` (${index + 1})` : ''}`
  return {
    play,
    task,
    taskId: `site.yml:${index * 4 + 10}`,
    ...(role === undefined ? {} : { role }),
    module: 'template',
    source: `roles/${role ?? 'site'}/tasks/main.yml:${index * 4 + 10}`,
  }
}

function tookMs(index: number, i: number): number {
  if (index === 3) return 2000 + (i % 10) * 400
  return 60 + ((index * 37 + i * 53) % 300)
}

function statusOf(at: { index: number; i: number; tasks: number; mode: string }): Status {
  if (at.index === 0 && at.i === 4) return 'unreachable'
  if (at.index === 6 && at.i % 24 === 6) return 'failed'
  const changed = at.mode === 'check' ? 'would_change' : 'changed'
  if (at.index === 1) return changed
  if (at.index === 4) return 'skipped'
  return (at.index + at.i) % 17 === 0 ? changed : 'ok'
}

function taskEnd(identity: Identity, host: string, status: Status, durationMs: number): TaskEnd {
  const base = {
    type: 'task',
    ...identity,
    host,
    handler: false,
    changed: false,
    changes: [],
    diffs: [],
    durationMs,
  } as const
  if (status === 'failed') {
    return {
      ...base,
      status,
      msg: 'Unit nginx.service could not be started.',
      rc: 1,
      stdout: '',
      stderr:
        'Job for nginx.service failed because the control process exited with error code.\nSee "systemctl status nginx.service" and "journalctl -xeu nginx.service" for details.\n',
      remedy: 'Look at `journalctl -u nginx` on the host.',
      data: { cmd: 'systemctl start nginx.service' },
    }
  }
  if (status === 'unreachable')
    return { ...base, status, msg: 'connect to 192.0.2.15 port 22: no answer for 10 s' }
  if (status === 'skipped') return { ...base, status, because: "facts.os.family == 'RedHat' is false" }
  if (status === 'ok') return { ...base, status }
  return {
    ...base,
    status,
    changed: true,
    changes: [
      { field: 'content', before: 'port 80', after: 'port 8080', diff: nginxDiff },
      { field: 'mode', before: '0644', after: '0640' },
    ],
    diffs: [nginxDiff],
  }
}

const nginxDiff = {
  path: '/etc/nginx/nginx.conf',
  before: 'user www-data;\nlisten 80;\nworkers 2;\n',
  after: 'user www-data;\nlisten 8080;\nworkers 2;\n',
}

function count(counts: HostRecap | undefined, status: Status): void {
  if (counts === undefined) return
  const key = status === 'would_change' ? 'changed' : status === 'unknown' ? 'ok' : status
  Reflect.set(counts, key, counts[key] + 1)
  if (key === 'changed') Reflect.set(counts, 'ok', counts.ok + 1)
}

function recapOf(counts: ReadonlyMap<string, HostRecap>, durationMs: number): Recap {
  const hosts = Object.fromEntries(counts)
  const failed = Object.keys(hosts).filter((host) => (hosts[host]?.failed ?? 0) > 0)
  const away = Object.keys(hosts).filter((host) => (hosts[host]?.unreachable ?? 0) > 0)
  return {
    type: 'recap',
    hosts,
    exitCode: failed.length > 0 ? 2 : 0,
    durationMs,
    flights: 6,
    flightsByHost: Object.fromEntries(Object.keys(hosts).map((host, i) => [host, 4 + (i % 3)])),
    pendingHandlers: Object.fromEntries(failed.map((host) => [host, ['restart nginx']])),
    slowestTasks: [
      { task: 'backups : Enable the service', durationMs: 5600 },
      { task: 'Install packages', durationMs: 1400 },
    ],
    failures: [
      ...away.map((host) => ({
        host,
        task: 'Install packages',
        reason: 'connect to 192.0.2.15 port 22: no answer for 10 s',
      })),
      ...failed.map((host) => ({
        host,
        task: 'nginx : Write the configuration (7)',
        reason: 'Unit nginx.service could not be started.',
      })),
    ],
  }
}
