import { type Answer, lines, refuse } from '../answer.ts'
import { type Call, type Double, defineDouble } from '../double.ts'
import { hasKeys, type StateKind } from '../store.ts'
import { table } from '../table.ts'
import { containerdVersion } from './containerd-version.ts'
import { type RunningContainerd, runningAt } from './running-containerd.ts'

interface Containers {
  /** Labels by namespace. kubelet makes k8s.io, Docker moby. */
  namespaces: Record<string, Record<string, string>>
}

const containersState: StateKind<Containers> = {
  family: 'containerd',
  initial: () => ({ namespaces: {} }),
  isState: (value): value is Containers => hasKeys(value, 'namespaces'),
}

const options = {
  '--address -a': 'value',
  '--namespace -n': 'value',
  '--timeout': 'value',
  '--quiet -q': 'flag',
  '--version -v': 'flag',
} as const

/** containerd's own client. There are no images and no containers, for nothing of an image runs. */
export const ctr: Double = defineDouble({
  name: 'ctr',
  cites: 'ctr of containerd 1.6.20 of Debian 12; compared with it',
  state: containersState,
  refuse: (problem) =>
    'option' in problem
      ? { exit: 1, stderr: `ctr: flag provided but not defined: ${problem.option.replace(/^--?/, '-')}\n` }
      : { exit: 3, stderr: 'No help topic\n' },
  commands: { '': { options, run: chosen } },
})

const usualSocket = '/run/containerd/containerd.sock'

async function chosen(call: Call<Containers>): Promise<Answer> {
  if (call.options.has('version'))
    return { stdout: `ctr github.com/containerd/containerd ${containerdVersion}\n` }
  const [subject = '', verb = '', ...names] = call.operands
  const running = await connected(call)
  const command = commands[`${aliases[subject] ?? subject} ${listing.includes(verb) ? 'ls' : verb}`.trim()]
  return command
    ? command({ ...call, operands: names }, running)
    : refuse(3, `No help topic for '${subject}'`)
}

const aliases: Readonly<Record<string, string>> = {
  namespace: 'namespaces',
  ns: 'namespaces',
  image: 'images',
  i: 'images',
  container: 'containers',
  c: 'containers',
  task: 'tasks',
  t: 'tasks',
}
const listing: readonly string[] = ['ls', 'list']

async function connected({ host, options: given }: Call<Containers>): Promise<RunningContainerd> {
  const socket = given.text('address') ?? usualSocket
  const running = await runningAt(host, socket)
  return (
    running ??
    refuse(
      1,
      `ctr: failed to dial "${socket}": context deadline exceeded: connection error: desc = "transport: error while dialing: dial unix://${socket}: timeout"`,
    )
  )
}

type Run = (call: Call<Containers>, running: RunningContainerd) => Answer

const isQuiet = ({ options: given }: Call<Containers>): boolean => given.has('quiet')

const commands: Readonly<Record<string, Run>> = {
  version: (_call, { uuid }) => ({ stdout: versions(uuid) }),
  'namespaces ls': (call) => {
    const names = Object.keys(call.state.namespaces).toSorted()
    if (isQuiet(call)) return { stdout: lines(names) }
    const rows = names.map((name) => [name, '', ''])
    return { stdout: table([['NAME', 'LABELS', ''], ...rows], [], ' ') }
  },
  'namespaces create': ({ state, operands: [name = ''] }) => {
    if (name in state.namespaces) refuse(1, `ctr: namespace "${name}": already exists`)
    state.namespaces[name] = {}
    return {}
  },
  'images ls': (call) => ({ stdout: isQuiet(call) ? '' : 'REF TYPE DIGEST SIZE PLATFORMS LABELS \n' }),
  'containers ls': (call) => ({ stdout: isQuiet(call) ? '' : 'CONTAINER    IMAGE    RUNTIME    \n' }),
  'tasks ls': (call) => ({ stdout: isQuiet(call) ? '' : 'TASK    PID    STATUS    \n' }),
}

const versions = (uuid: string): string => {
  const part = (name: string, more: string): string =>
    `${name}:\n  Version:  ${containerdVersion}\n  Revision: ${containerdVersion}-1+deb12u3\n${more}`
  return `${part('Client', '  Go version: go1.19.8\n')}\n${part('Server', `  UUID: ${uuid}\n`)}`
}
