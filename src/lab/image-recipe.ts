import type { ImageKind } from './image-kind.ts'

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

const instead = ['sysvinit-core', 'sysv-rc', 'initscripts']
const systemdOnly = ['systemd', 'systemd-sysv', 'dbus', 'udev']

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
]

const masked =
  'systemctl --root="$1" mask apt-daily.timer apt-daily-upgrade.timer e2scrub_all.timer fstrim.timer console-getty.service'

/**
 * Only what a namespace can have: no consoles, no clock, no devices, no disks to check. Runlevel 6 ends with a
 * reboot(2), which its process namespace turns into a signal that ends it. See pid_namespaces(7).
 * `services` is the command that starts all others.
 */
export const inittab = (services: string): string[] => [
  'id:2:initdefault:',
  'si::sysinit:/bin/sh -c "mkdir -p /run/lock /run/sshd; rm -f /var/run/*.pid"',
  'l0:0:wait:/etc/init.d/rc 0',
  `l2:2:wait:${services}`,
  'l6:6:wait:/etc/init.d/rc 6',
]

const sysvinit = [
  `printf '${inittab('/etc/init.d/rc 2').join('\\n')}\\n' > "$1/etc/inittab"`,
  // What stops a machine's devices, clock and swap has nothing to do here, and much to complain about.
  'rm -f "$1"/etc/rc[06].d/*hwclock* "$1"/etc/rc[06].d/*umount* "$1"/etc/rc[06].d/*urandom* "$1"/etc/rc[06].d/*networking*',
]

const slim = [
  '--aptopt=Acquire::Languages "none"',
  '--dpkgopt=path-exclude=/usr/share/man/*',
  '--dpkgopt=path-exclude=/usr/share/doc/*',
  '--dpkgopt=path-exclude=/usr/share/locale/*',
]

/** The options of mmdebstrap; whatever changes in them makes another image. */
export function imageOptions(init: ImageKind['init']): string[] {
  const isSystemd = init === 'systemd'
  const included = isSystemd
    ? packages
    : [...instead, ...packages.filter((name) => !systemdOnly.includes(name))]
  const hooks = [...customizations, ...(isSystemd ? [masked] : sysvinit)]
  return [
    '--variant=minbase',
    `--include=${included.join(',')}`,
    ...slim,
    ...hooks.map((command) => `--customize-hook=${command}`),
  ]
}
