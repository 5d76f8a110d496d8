import { readdir, readFile } from 'node:fs/promises'

/** The first child of a process; undefined when it has none or has ended. */
export async function firstChild(pid: number): Promise<number | undefined> {
  return (await childrenOf(pid))[0]
}

async function childrenOf(pid: number): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '')
  return text.split(' ').map(Number).filter(Boolean)
}

/** SIGSTOP in a mask of pending signals (proc_pid_status(5)): bit 18. */
const stopBit = 0x4_0000n

/**
 * What a signal to stop has made of a process. One that waits in the kernel stops when it wakes, so it is `stopped`
 * too: a shell in vfork(2) whose child was stopped before its exec wakes only after that child goes on.
 */
export async function processState(pid: number): Promise<'running' | 'stopped' | 'ended'> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  const [, letter = 'X'] = /^State:\t(\w)/m.exec(status) ?? []
  if ('ZX'.includes(letter)) return 'ended'
  const [, pending = '0'] = /^ShdPnd:\t(\w+)$/m.exec(status) ?? []
  const stops = letter === 'D' && (BigInt(`0x${pending}`) & stopBit) !== 0n
  return stops || 'Tt'.includes(letter) ? 'stopped' : 'running'
}

/** A process and all that descend from it, as far as their parents still run. */
export async function treeOf(pid: number): Promise<number[]> {
  const below = await Promise.all((await childrenOf(pid)).map(treeOf))
  return [pid, ...below.flat()]
}

/** Bytes of memory that processes hold for themselves, without what they share with others through files. */
export async function memoryOfProcesses(pids: readonly number[]): Promise<number> {
  const sizes = pids.map(async (pid) => {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
    return Number(/^RssAnon:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024
  })
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
}

/** In the environment of every process of a lab without cgroups, so that it is found by the lab's id. */
export const labMark = 'TSPLAY_LAB'

/** Beside `labMark` in the environment of the processes of one host. */
export const hostMark = 'LAB_HOST'

/**
 * Processes of this user that carry a lab's mark, or that of one of its hosts, or serve it, and all that descend
 * from them.
 */
export async function markedProcesses(id: string, host?: string): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
  const found = await Promise.all(
    pids.map(async (pid) => ((await isMarked(pid, id, host)) ? treeOf(pid) : [])),
  )
  return [...new Set(found.flat())].filter((pid) => pid !== process.pid)
}

async function isMarked(pid: number, id: string, host: string | undefined): Promise<boolean> {
  const read = (file: string) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')
  const [environment, command] = await Promise.all([read('environ'), read('cmdline')])
  const variables = environment.split('\0')
  const isOurs = host === undefined || variables.includes(`${hostMark}=${host}`)
  if (isOurs && variables.includes(`${labMark}=${id}`)) return true
  // sshd writes its title over its environment.
  const isServer = /^sshd: |\bsshd\0/.test(command)
  return isServer && command.includes(host === undefined ? `/${id}/` : `/${id}/hosts/${host}/`)
}

/** Ends processes until none is found any more. */
export async function endProcesses(find: () => Promise<readonly number[]>, what: string): Promise<void> {
  const deadline = Date.now() + 10_000
  for (let pids = await find(); pids.length > 0; pids = await find()) {
    if (Date.now() > deadline) throw new Error(`Processes of ${what} cannot be ended: ${pids.join(' ')}`)
    for (const pid of pids) kill(pid)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

export const kill = (pid: number): void => sendSignal(pid, 'SIGKILL')

/** Silent when the process has ended. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    // Ended between reading the list and now.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}
