import { emptyFile, median, type Run } from './bench-run.ts'
import { table } from './markdown.ts'

const works: Readonly<Record<string, string>> = {
  W1: '50 tasks',
  W2: 'facts',
  W3: '`uptime`, ad hoc',
  W3raw: '`uptime`, raw',
  W4: 'one file of 100 MB',
}
const floors: Readonly<Record<string, string>> = {
  'ssh2-script': 'floor, ssh2',
  'raw-script': 'floor, OpenSSH',
}
const peers: Readonly<Record<string, string>> = {
  pyinfra: 'pyinfra',
  'ansible-mitogen': 'Ansible, Mitogen',
  'ansible-tuned': 'Ansible, pipelining',
  'ansible-default': 'Ansible, as shipped',
}

/** The harness's script over ssh2 connects and leaves where a file shall be sent: that is no floor. */
const sendsNothing = ({ peer, work }: Run): boolean => peer === 'ssh2-script' && work === 'W4'

/** One row for each kind of work, medians in seconds, and how tsplay stands to the lower floor and the fastest peer. */
export function tableOf(runs: readonly Run[]): string {
  const good = runs.filter((run) => run.rc === 0 && run.phase !== emptyFile && !sendsNothing(run))
  const named = { ...floors, tsplay: '**tsplay**', ...peers }
  const columns = Object.entries(named).filter(([peer]) => good.some((run) => run.peer === peer))
  const head = [
    'work',
    'hosts',
    'ms',
    ...columns.map(([, name]) => name),
    'tsplay to floor',
    'fastest peer to tsplay',
  ]
  const groups = Map.groupBy(good, ({ work, n, rtt, phase }) => JSON.stringify([work, n, rtt, phase]))
  const rows = [...groups.values()].map((group) =>
    rowOf(
      group,
      columns.map(([peer]) => peer),
    ),
  )
  return table(head, rows)
}

function rowOf(group: readonly Run[], columns: readonly string[]): readonly string[] {
  const [first] = group
  if (!first) return []
  const seconds = new Map(
    [...Map.groupBy(group, ({ peer }) => peer)].map(([peer, runs]) => [peer, median(runs)]),
  )
  const own = seconds.get('tsplay')
  const least = (names: Readonly<Record<string, string>>) =>
    Math.min(...Object.keys(names).flatMap((peer) => seconds.get(peer) ?? []))
  const ratio = (over: number, under: number) =>
    Number.isFinite(over) && Number.isFinite(under) ? `${(over / under).toFixed(1)} ×` : '—'
  const work = first.phase === 'run' ? works[first.work] : `${works[first.work]}, ${first.phase}`
  return [
    work ?? first.work,
    String(first.n),
    String(first.rtt),
    ...columns.map((peer) => seconds.get(peer)?.toFixed(2) ?? '—'),
    own === undefined ? '—' : ratio(own, least(floors)),
    own === undefined ? '—' : ratio(least(peers), own),
  ]
}
