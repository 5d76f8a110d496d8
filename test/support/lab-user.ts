import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmod, chown, mkdir, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { changeUsers } from './change-users.ts'

const run = promisify(execFile)

export interface PlainUser {
  readonly name: string
  readonly home: string
  readonly project: string
  readonly stateRoot: string
  /** The command line that calls tsplay as this user, wherever this project lies. */
  tsplay(words: readonly string[]): readonly string[]
  remove(): Promise<void>
}

/**
 * Always the same, so that an image that was built for this user once is the next one's too. Beyond UID_MAX of
 * login.defs(5), or users made by other tests would get the number after it; nobody else's, says systemd's table of UIDs.
 */
const first = 60_700
const range = { min: 3_000_000, max: 3_065_535 }

/** A user without any rights, with numbers for a user namespace, as useradd gives them to people. Each test file has its own. */
export async function makePlainUser(number: 0 | 1): Promise<PlainUser> {
  const uid = first + number
  const cache = `/var/cache/tsplay-test-${uid}`
  const name = `tspl${randomBytes(4).toString('hex')}`
  const home = `/tmp/home-${name}`
  const project = join(home, 'project')
  const numbers = ['UID', 'GID'].flatMap((kind) => [
    ...['-K', `SUB_${kind}_MIN=${range.min}`],
    ...['-K', `SUB_${kind}_MAX=${range.max}`],
  ])
  await removeLeftOver(uid)
  const place = ['--create-home', '--home-dir', home, '--uid', String(uid)]
  // Numbers for a user namespace are given only to users up to the last one; the group has the user's number.
  const within = ['-K', `UID_MAX=${first + 100}`, '-K', `GID_MAX=${first + 100}`]
  await changeUsers('useradd', [...place, ...within, ...numbers, name])
  await mkdir(project)
  await mkdir(cache, { recursive: true })
  await chown(project, uid, uid)
  await chown(cache, uid, uid)
  await chmod(cache, 0o700)
  return {
    name,
    home,
    project,
    stateRoot: join(home, '.local/state/tsplay/lab'),
    tsplay: (words) => [...as({ uid, home, cache, name }), '/mnt/bin/tsplay', ...words],
    remove: async () => {
      await changeUsers('userdel', ['--force', name])
      await rm(home, { recursive: true, force: true })
    },
  }
}

interface PlainNumbers {
  readonly uid: number
  readonly home: string
  readonly cache: string
  readonly name: string
}

/** Of a run that was killed. */
async function removeLeftOver(uid: number): Promise<void> {
  const { stdout } = await run('sh', ['-c', 'getent passwd "$1" || true', 'sh', String(uid)])
  const [name = ''] = stdout.split(':')
  if (name.startsWith('tspl')) await changeUsers('userdel', ['--force', name])
}

/** The project may lie where only root can look: its user sees it at /mnt. */
function as({ uid, home, cache, name }: PlainNumbers): readonly string[] {
  const environment = [
    `HOME=${home}`,
    `XDG_CACHE_HOME=${cache}`,
    `USER=${name}`,
    'PATH=/usr/bin:/bin',
    'NO_COLOR=1',
  ]
  const script = 'mount --bind "$1" /mnt && shift && exec "$@"'
  return [
    ...['unshare', '--mount', 'sh', '-c', script, 'as', resolve('.')],
    ...['setpriv', '--reuid', String(uid), '--regid', String(uid), '--init-groups'],
    ...['env', '--ignore-environment', ...environment],
  ]
}
