import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { HostError } from '#model/host-error.ts'
import { type LabPlan, rootStateRoot } from './lab-plan.ts'
import { readState } from './lab-state.ts'

/** A booted host holds seven, and a few more for each user that is logged in. */
const perHost = 10
/** What else root runs on the machine. */
const others = 40

/** Where the machine's limit stands, and what it was before a lab raised it; the latter is gone after a boot, as is the change. */
interface LimitFiles {
  readonly limit: string
  readonly record: string
  /** Of all of root's labs: they share the limit. */
  readonly states: string
}

const machine: LimitFiles = {
  limit: '/proc/sys/fs/inotify/max_user_instances',
  record: '/run/tsplay-lab-inotify.json',
  states: rootStateRoot,
}

/**
 * Has enough inotify instances for the hosts of all labs: Linux gives root 128, and a systemd without them never
 * finishes to boot. Small labs leave the machine as it is. See inotify(7).
 */
export async function raiseInotifyLimit(plan: LabPlan, files: LimitFiles = machine): Promise<void> {
  const limit = await readNumber(files.limit)
  const hosts = plan.hosts.length + (await otherHosts(plan, files))
  const needed = others + perHost * hosts
  if (needed <= limit) return
  const { before = limit } = await readRecord(files)
  await mkdir(dirname(files.record), { recursive: true })
  await writeFile(files.record, JSON.stringify({ before, set: needed }))
  await writeFile(files.limit, `${needed}\n`).catch((cause: unknown) => {
    const message = `${hosts} hosts with systemd need ${needed} inotify instances; this machine gives root ${limit}.`
    throw new HostError('refused', message, {
      remedy: `Start fewer, or run sysctl fs.inotify.max_user_instances=${needed} where that is allowed.`,
      cause,
    })
  })
}

/** Sets the limit back when the labs that stay can do with it, unless somebody else has set it meanwhile. */
export async function restoreInotifyLimit(plan: LabPlan, files: LimitFiles = machine): Promise<void> {
  const { before, set } = await readRecord(files)
  if (before === undefined || others + perHost * (await otherHosts(plan, files)) > before) return
  if ((await readNumber(files.limit)) === set) await writeFile(files.limit, `${before}\n`)
  await rm(files.record, { force: true })
}

async function otherHosts(plan: LabPlan, { states }: LimitFiles): Promise<number> {
  const ids = (await readdir(states).catch(() => [])).filter((id) => id !== plan.id)
  const labs = await Promise.all(ids.map((id) => readState(join(states, id))))
  return labs.reduce((sum, lab) => sum + (lab?.plan.hosts.length ?? 0), 0)
}

async function readRecord({
  record,
}: LimitFiles): Promise<{ readonly before?: number; readonly set?: number }> {
  const text = await readFile(record, 'utf8').catch(() => '{}')
  return JSON.parse(text)
}

const readNumber = async (file: string): Promise<number> => Number(await readFile(file, 'utf8'))
