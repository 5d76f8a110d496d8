import { createHash } from 'node:crypto'
import { lstatSync, readdirSync, readFileSync, readlinkSync, type Stats } from 'node:fs'
import { join } from 'node:path'
import { withoutChance } from './chance.ts'
import { clusterState } from './cluster-state.ts'

/** Files of a host that say how it came to be what it is, not what it is: which, and why they differ each time. */
const passing: readonly (readonly [path: RegExp, reason: string])[] = [
  [/^var\/log\/journal(\/|$)/, 'what services said, and when'],
  [
    /^var\/log\/(wtmp|lastlog|btmp|kube-[a-z-]+\.log)$/,
    'who logged in, and what daemons said while they waited',
  ],
  [/^var\/lib\/tsplay-lab\/doubles\/calls\.jsonl$/, 'what was asked, which is what readahead changes'],
  [/^var\/lib\/tsplay-lab\/doubles\/faults\.json$/, 'what somebody has had fail'],
  [/^home\/\w+\/\.sudo_as_admin_successful$/, 'made by sudo when somebody uses it by hand'],
  [/^etc\/machine-id$/, 'drawn at the first boot'],
  [/^var\/tmp\/systemd-private-/, 'its name is drawn at each start of a service'],
  [/^etc\/docker\/key\.json$/, 'drawn by Docker when it first starts'],
  [
    /^var\/lib\/docker\/(network\/files\/local-kv\.db|\w+\/backingFsBlockDev)$/,
    "Docker's networks and the disk below",
  ],
  [
    /^var\/lib\/containerd\/io\.containerd\.metadata\.v1\.bolt\/meta\.db$/,
    "containerd's own pages, ordered by when it cleaned up",
  ],
  [/^var\/log\/pve\/tasks\/[0-9A-F]$/, 'the folder is the last digit of the time'],
]

/** Of larger files (disks of machines) the size is compared. */
const mostBytes = 256 * 2 ** 20

/** By host: everything in which its files differ from its image's, one line an entry: mode, owner, link, content. */
export function filesOfHosts(hosts: string): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(readdirSync(hosts).map((host) => [host, filesBelow(join(hosts, host, 'upper'))]))
}

function filesBelow(root: string): readonly string[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => !passing.some(([looks]) => looks.test(path)))
    .flatMap((path) => linesOf(root, path))
    .sort()
}

/** What a double keeps is a document: each line of it is one of the result, so that a difference shows. */
const store = /^var\/lib\/(tsplay-lab\/doubles\/\w+|etcd\/double)\.json$/

function linesOf(root: string, path: string): readonly string[] {
  const stat = lstatSync(join(root, path))
  const head = `${pathText(path)} ${(stat.mode & 0o7777).toString(8)} ${stat.uid}:${stat.gid}`
  if (!store.test(path)) return [`${head} ${contentText(join(root, path), stat)}`]
  const text = settledStore(path, readFileSync(join(root, path), 'utf8'))
  return [head, ...text.split('\n').map((line, i) => `${path}:${i + 1} ${line}`)]
}

const pathText = (path: string): string => withoutChance(path).replace(/[0-9A-F]\/UPID/, 'UPID')

function contentText(file: string, stat: Stats): string {
  if (stat.isSymbolicLink()) return `-> ${readlinkSync(file)}`
  if (stat.isDirectory()) return 'folder'
  // What a layer takes away from those below it is a character device 0,0.
  if (!stat.isFile()) return `device ${stat.rdev}`
  if (stat.size > mostBytes) return `${stat.size} bytes`
  const content = readFileSync(file)
  if (content.subarray(0, 4096).includes(0)) return sum(content)
  const text = withoutChance(content.toString())
  return text.length < 2000 ? text : sum(text)
}

function settledStore(path: string, text: string): string {
  if (path.startsWith('var/lib/etcd')) return clusterState(text)
  // Nonces of ACME, accounts and their keys are base64url.
  if (path.endsWith('acme.json'))
    return withoutChance(text).replaceAll(/(?<=["/])[\w-]{16,43}(?=")/g, 'DRAWN')
  return withoutChance(text)
}

const sum = (content: string | Buffer): string =>
  createHash('sha256').update(content).digest('hex').slice(0, 16)
