import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runProcess } from '#app/run-process.ts'
import type { ProcessResult } from '#sdk/controller.ts'

export interface ZfsFuse {
  readonly folder: string
  /** `zfs` and `zpool`, for the search path. They speak to this daemon, whatever else the machine has. */
  readonly programs: string
  /** Where `tank` is mounted, for those who are inside alone. */
  readonly mountPoint: string
  /** Runs a command where the file systems of the pool are mounted; fails when it does. */
  inside(...words: readonly string[]): Promise<string>
  close(): Promise<void>
}

/**
 * A pool `tank` of a real ZFS: zfs-fuse, of Debian's package, unpacked and not installed, with a mount table and a `/run` of its
 * own, so that it meets no other ZFS and leaves nothing. Gives the reason where that cannot be. It is old (pools of
 * version 23): commands that OpenZFS has in common with it are all that it knows.
 */
export async function openZfsFuse(): Promise<ZfsFuse | string> {
  if (process.getuid?.() !== 0) return 'Mounting needs root.'
  if (!existsSync('/dev/fuse')) return 'There is no /dev/fuse.'
  const folder = await mkdtemp(join(tmpdir(), 'tsplay-zfs-fuse-'))
  const problem = await unpack(folder)
  if (problem === undefined) return start(folder)
  await rm(folder, { recursive: true })
  return problem
}

const call = (argv: readonly string[], cwd: string): Promise<ProcessResult> =>
  runProcess(argv, { cwd, env: { ...process.env } }).catch((error: unknown) => ({
    rc: 127,
    stdout: '',
    stderr: String(error),
  }))

/** With the two libraries that it needs and no other program does. */
async function unpack(folder: string): Promise<string | undefined> {
  const fetched = await call(['apt-get', 'download', 'zfs-fuse', 'libfuse2', 'libaio1'], folder)
  if (fetched.rc !== 0) return `Debian's package of zfs-fuse cannot be fetched: ${fetched.stderr.trim()}`
  for (const name of (await readdir(folder)).filter((one) => one.endsWith('.deb'))) {
    const { rc, stderr } = await call(['dpkg-deb', '-x', name, 'unpacked'], folder)
    if (rc !== 0) throw new Error(`${name} is not unpacked: ${stderr}`)
  }
  return undefined
}

async function start(folder: string): Promise<ZfsFuse | string> {
  const root = join(folder, 'unpacked')
  const [programs, mountPoint, disk] = ['bin', 'tank', 'disk'].map((name) => join(folder, name))
  if (!programs || !mountPoint || !disk) throw new Error('Three names make three paths.')
  const libraries = (await readdir(join(root, 'lib'))).map((name) => join(root, 'lib', name)).join(':')
  // The daemon's socket and lock have fixed places below /run.
  const script = `mount --make-rprivate / && mount -t tmpfs none /run && mkdir -p /run/zfs /run/lock/zfs &&
LD_LIBRARY_PATH=${libraries} exec ${root}/sbin/zfs-fuse --no-daemon --no-kstat-mount --pidfile ${folder}/pid`
  const daemon = spawn('unshare', ['--mount', 'sh', '-c', script], { stdio: 'ignore' })
  const into = ['nsenter', '--mount', `--target=${daemon.pid}`]
  await mkdir(programs)
  for (const name of ['zfs', 'zpool']) {
    const text = `#!/bin/sh\nLD_LIBRARY_PATH=${libraries} exec ${into.join(' ')} ${root}/sbin/${name} "$@"\n`
    await writeFile(join(programs, name), text, { mode: 0o755 })
  }
  await writeFile(disk, '')
  await truncate(disk, 128 * 1024 ** 2)
  const inside = async (...words: readonly string[]): Promise<string> => {
    const { rc, stdout, stderr } = await call([...into, ...words], folder)
    if (rc !== 0) throw new Error(`${words.join(' ')} ended with ${rc}: ${stderr}`)
    return stdout
  }
  const close = async (): Promise<void> => {
    await call([join(programs, 'zpool'), 'destroy', 'tank'], folder)
    await end(daemon)
    await rm(folder, { recursive: true })
  }
  const made = await createPool(programs, ['-o', 'cachefile=none', '-m', mountPoint, 'tank', disk], daemon)
  if (made === undefined) return { folder, programs, mountPoint, inside, close }
  await close()
  return made
}

/** The daemon has no other way to say that it is ready. */
async function createPool(
  programs: string,
  words: readonly string[],
  daemon: ChildProcess,
): Promise<string | undefined> {
  for (let tries = 0; ; tries++) {
    const { rc, stderr } = await call([join(programs, 'zpool'), 'create', ...words], programs)
    if (rc === 0) return undefined
    if (tries === 100 || daemon.exitCode !== null) return `zfs-fuse does not start here: ${stderr.trim()}`
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

async function end(daemon: ChildProcess): Promise<void> {
  if (daemon.exitCode !== null || daemon.signalCode !== null) return
  const ended = once(daemon, 'exit')
  daemon.kill('SIGTERM')
  await ended
}
