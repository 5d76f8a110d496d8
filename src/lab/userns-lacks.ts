import { readFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import type { Lack } from './backend.ts'
import { userImages } from './image-kind.ts'
import { commonPrograms, imagePrograms, missingPrograms } from './missing-programs.ts'
import { runCommand } from './run-command.ts'

const programs = {
  ...commonPrograms,
  ...imagePrograms,
  ip: 'iproute2',
  mount: 'mount',
  newuidmap: 'uidmap',
  nsenter: 'util-linux',
  setpriv: 'util-linux',
  unshare: 'util-linux',
}

/** What keeps this machine's user from having hosts in a user namespace. */
export async function usernsLacks(): Promise<Lack[]> {
  const lacks = [...(await missingPrograms(programs)), ...(await rangeLack())]
  // Without these, the attempt would fail for no other reason.
  return lacks.length > 0 ? lacks : namespaceLack()
}

/** The numbers that hosts' users are. See subuid(5). */
async function rangeLack(): Promise<Lack[]> {
  const { username, uid } = userInfo()
  const files = ['/etc/subuid', '/etc/subgid'].map((file) => readFile(file, 'utf8').catch(() => ''))
  const isIn = (text: string) => new RegExp(`^(${username}|${uid}):\\d+:\\d{5,}$`, 'm').test(text)
  if ((await Promise.all(files)).every(isIn)) return []
  const remedy = `As root: usermod --add-subuids 200000-265535 --add-subgids 200000-265535 ${username}`
  return [
    { what: `a range of user numbers for ${username} in /etc/subuid and /etc/subgid`, remedy: `${remedy}.` },
  ]
}

/** All of what a host's boot asks of the kernel, in one attempt. */
async function namespaceLack(): Promise<Lack[]> {
  const attempt = [
    'mount -t tmpfs tmpfs /tmp',
    'mkdir /tmp/lower /tmp/upper /tmp/work /tmp/root /tmp/proc',
    'mount -t overlay overlay -o lowerdir=/tmp/lower,upperdir=/tmp/upper,workdir=/tmp/work,userxattr /tmp/root',
    'mount -t proc proc /tmp/proc',
    'ip link add br0 type bridge',
  ].join(' && ')
  const spaces = ['unshare', '--mount', '--net', '--ipc', '--uts', '--pid', '--fork']
  return runCommand([...userImages.asRoot, ...spaces, 'sh', '-c', attempt]).then(
    () => [],
    (error: unknown) => [
      {
        what: `user namespaces with mounts and networks of their own (${error instanceof Error ? error.message : error})`,
        remedy:
          'Allow unprivileged user namespaces (sysctl kernel.unprivileged_userns_clone, or the container).',
      },
    ],
  )
}
