const suffix = /[.](service|socket|timer|mount|automount|path|target|device|swap|slice|scope)$/

/** What a user may leave out is a service's suffix. */
export const fullName = (name: string): string => (suffix.test(name) ? name : `${name}.service`)

export const typeOf = (name: string): string => suffix.exec(name)?.[1] ?? ''

/** `foo` and `bar` of `foo@bar.service`; no instance for others, and an empty one for the template itself. */
export function instanceOf(name: string): { readonly prefix: string; readonly instance?: string } {
  const bare = name.replace(suffix, '')
  const at = bare.indexOf('@')
  return at < 0 ? { prefix: bare } : { prefix: bare.slice(0, at), instance: bare.slice(at + 1) }
}

/** The file of which `foo@bar.service` is an instance; undefined for what is none. */
export function templateOf(name: string): string | undefined {
  const { prefix, instance } = instanceOf(name)
  return instance === undefined || instance === '' ? undefined : `${prefix}@.${typeOf(name)}`
}

/** Puts a unit's names in place of the specifiers that systemd.unit(5) lists; others stay as they are. */
export function specified(text: string, name: string, host: string): string {
  const { prefix, instance = '' } = instanceOf(name)
  const known: Readonly<Record<string, string>> = {
    '%': '%',
    i: instance,
    I: instance
      .replaceAll('-', '/')
      .replaceAll(/\\x([0-9a-f]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16))),
    n: name,
    N: name.replace(suffix, ''),
    p: prefix,
    H: host,
    t: '/run',
    S: '/var/lib',
    C: '/var/cache',
    L: '/var/log',
    E: '/etc',
    T: '/tmp',
    V: '/var/tmp',
  }
  return text.replaceAll(/%(.)/g, (all, letter: string) => known[letter] ?? all)
}
