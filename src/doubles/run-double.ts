import { setTimeout as sleep } from 'node:timers/promises'
import type { Answer } from './answer.ts'
import { recordCall } from './calls.ts'
import type { Double } from './double.ts'
import { type Fault, faultsState, replaces, takeFault } from './faults.ts'
import { DoubleHost } from './host.ts'
import { lockedFaults } from './lock.ts'
import { Store } from './store.ts'

/**
 * One call of a double: its fault, if it has one, then its answer, then the record of both. `input` is given by a caller
 * inside of this process, such as a server in front of the double.
 */
export async function runDouble(
  double: Double,
  root: string,
  args: readonly string[],
  input?: string | Uint8Array,
): Promise<Answer> {
  const began = new DoubleHost(root)
  const fault = await faultOf(began, double.name, args)
  await endure(fault)
  const host = new DoubleHost(root, input)
  const answer = fault && replaces(fault) ? fault : await permitted(double, host, args)
  await recordCall(host.folder, {
    time: new Date(began.now).toISOString(),
    argv: [double.name, ...args],
    uid: process.getuid?.() ?? 0,
    ...(host.inputDigest !== undefined && { stdin: host.inputDigest }),
    exit: answer.exit ?? 0,
  })
  return answer
}

/** State is root's, but for what says otherwise. */
const permitted = (double: Double, host: DoubleHost, args: readonly string[]): Promise<Answer> =>
  double.answer(host, args).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EACCES' || process.getuid?.() === 0) throw error
    return { exit: 1, stderr: `${double.name}: Permission denied\n` }
  })

const faultOf = (
  { root, folder }: DoubleHost,
  program: string,
  args: readonly string[],
): Promise<Fault | undefined> =>
  lockedFaults(root, async () => {
    const store = new Store(folder)
    const fault = takeFault(await store.open(faultsState), program, args)
    if (fault) await store.save()
    return fault
  })

async function endure(fault: Fault | undefined): Promise<void> {
  if (fault?.delayMs) await sleep(fault.delayMs)
  // A timer keeps the process alive; nothing ends the wait but a signal.
  while (fault?.hang) await sleep(60_000)
}
