/** How a backend builds and holds what its hosts stand on. */
export interface ImageKind {
  /** The host's first process. */
  readonly init: 'systemd' | 'sysvinit'
  /** Put before a command that has to own the files of all users: nothing for root. */
  readonly asRoot: readonly string[]
}

export const rootImages: ImageKind = { init: 'systemd', asRoot: [] }

/** Users are numbers of the range that /etc/subuid gives to this process' user; it is root among them. */
export const userImages: ImageKind = {
  init: 'sysvinit',
  asRoot: ['unshare', '--user', '--map-auto', '--map-root-user', '--'],
}
