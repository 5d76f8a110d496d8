import { createHash } from 'node:crypto'
import { chmod, mkdir, readdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sourcesFor } from './apt-sources.ts'
import { cacheFolder } from './cache-folder.ts'
import type { WorkContext } from './lab-report.ts'
import type { Suite } from './lab-spec.ts'
import { runCommand } from './run-command.ts'
import { withWorkFolder } from './with-work-folder.ts'

/** The lowest layer of every host: a small Debian with systemd and an SSH server, and no Python. */
export interface BaseImage {
  /** Changes with the recipe; part of the keys of all that is built on the image. */
  readonly key: string
  /** The root of its file system. Never written to. */
  readonly root: string
  readonly sources: string
}

const packages = [
  'systemd',
  'systemd-sysv',
  'dbus',
  'udev',
  'openssh-server',
  'sudo',
  'cron',
  'iproute2',
  'iputils-ping',
  'ca-certificates',
  'procps',
  'kmod',
  'rsync',
  'tzdata',
]

/** Run with the image's root as their working directory's argument, `"$1"`. */
const customizations = [
  'chroot "$1" useradd --create-home --shell /bin/bash --uid 1000 admin',
  // Debian has a group of that name already.
  'chroot "$1" useradd --create-home --shell /bin/bash --uid 1001 --gid operator operator',
  'printf "admin ALL=(ALL:ALL) NOPASSWD: ALL\\noperator ALL=(ALL:ALL) ALL\\n" > "$1/etc/sudoers.d/lab"',
  'chmod 0440 "$1/etc/sudoers.d/lab"',
  // Each host gets its own at its birth.
  'rm -f "$1"/etc/ssh/ssh_host_* "$1/etc/hostname"',
  // A banner means that logins work: without this, sshd answers while pam_nologin still refuses users.
  'mkdir -p "$1/etc/systemd/system/ssh.service.d"',
  'printf "[Unit]\\nAfter=systemd-user-sessions.service\\n" > "$1/etc/systemd/system/ssh.service.d/lab.conf"',
  // Many connections at once are what a lab is for.
  'printf "MaxStartups 200:30:400\\nUseDNS no\\n" > "$1/etc/ssh/sshd_config.d/lab.conf"',
  // A host that is switched off must not wait 90 s for a service that hangs.
  'mkdir -p "$1/etc/systemd/system.conf.d"',
  'printf "[Manager]\\nDefaultTimeoutStopSec=5s\\n" > "$1/etc/systemd/system.conf.d/lab.conf"',
  'rm -f "$1"/etc/apt/sources.list.d/* "$1"/etc/resolv.conf "$1"/etc/machine-id "$1"/var/lib/dbus/machine-id',
  'systemctl --root="$1" mask apt-daily.timer apt-daily-upgrade.timer e2scrub_all.timer fstrim.timer console-getty.service',
]

const options = [
  '--variant=minbase',
  `--include=${packages.join(',')}`,
  '--aptopt=Acquire::Languages "none"',
  '--dpkgopt=path-exclude=/usr/share/man/*',
  '--dpkgopt=path-exclude=/usr/share/doc/*',
  '--dpkgopt=path-exclude=/usr/share/locale/*',
  ...customizations.map((command) => `--customize-hook=${command}`),
]

/** Gives the image for a Debian release, building it with mmdebstrap when this recipe was never built here. */
export async function baseImage(suite: Suite, { report, signal }: WorkContext): Promise<BaseImage> {
  const key = imageKey(suite)
  const folder = join(cacheFolder(), 'images')
  const image = { key, root: join(folder, key), sources: await sourcesFor(suite) }
  await mkdir(folder, { recursive: true })
  // Programs in it that run as root must not be within reach of this machine's users.
  await chmod(folder, 0o700)
  if ((await readdir(folder)).includes(key)) return image
  report({ step: `Building the base image of Debian ${suite} (once, about half a minute)`, slow: true })
  await withWorkFolder(cacheFolder(), (work) => build(image, suite, { work, ...(signal && { signal }) }))
  return image
}

export function imageKey(suite: string, architecture = process.arch): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([suite, architecture, options]))
    .digest('hex')
  return `${suite}-${digest.slice(0, 12)}`
}

/** Renames at the end: a half-built image is never taken for a whole one. */
async function build(
  image: BaseImage,
  suite: string,
  { work, signal }: { readonly work: string; readonly signal?: AbortSignal },
): Promise<void> {
  const root = join(work, 'root')
  const sources = join(work, 'sources.list')
  await writeFile(sources, image.sources)
  await runCommand(['mmdebstrap', ...options, ...(await proxyOptions()), suite, root, sources], {
    ...(signal && { signal }),
  })
  await rename(root, image.root).catch((error: NodeJS.ErrnoException) => {
    // Another process built the same image meanwhile; its image is as good.
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
  })
}

/** mmdebstrap does not read this machine's apt configuration; a proxy set there is passed on. */
async function proxyOptions(): Promise<string[]> {
  const dump = await runCommand(['apt-config', 'dump'])
  return [...dump.matchAll(/^Acquire::\w+::Proxy(?:::[\w.-]+)? ".+";$/gm)].map(([line]) => `--aptopt=${line}`)
}
