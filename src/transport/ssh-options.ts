/** What ssh_config says about one host: keywords in lower case, with all their values. */
export type SshOptions = ReadonlyMap<string, readonly string[]>

/** The keywords that tsplay follows; the rest of an ssh_config does not concern it. */
export const followedKeywords: ReadonlySet<string> = new Set([
  'hostname',
  'port',
  'user',
  'identityfile',
  'identitiesonly',
  'identityagent',
  'userknownhostsfile',
  'globalknownhostsfile',
  'stricthostkeychecking',
  'hostkeyalias',
  'proxyjump',
  'proxycommand',
  'addressfamily',
  'canonicalizehostname',
])

/** Reads what `ssh -G` prints: a keyword and its value on each line. */
export function parseSshG(text: string): SshOptions {
  const options = new Map<string, string[]>()
  for (const line of text.split('\n')) {
    const at = line.indexOf(' ')
    if (at > 0) addOption(options, line.slice(0, at), line.slice(at + 1).trim())
  }
  return options
}

export function addOption(options: Map<string, string[]>, keyword: string, value: string): void {
  const name = keyword.toLowerCase()
  const present = options.get(name)
  if (present) present.push(value)
  else options.set(name, [value])
}

export interface Tokens {
  readonly home: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly alias: string
  readonly hostname: string
  readonly port: number
  readonly user: string
  readonly localUser: string
}

/** Replaces `~`, `%h` and the like (ssh_config(5), TOKENS), and `${NAME}` of the environment. */
export function expandTokens(text: string, tokens: Tokens): string {
  const values: Readonly<Record<string, string>> = {
    '%': '%',
    d: tokens.home,
    h: tokens.hostname,
    k: tokens.hostname,
    n: tokens.alias,
    p: String(tokens.port),
    r: tokens.user,
    u: tokens.localUser,
  }
  return text
    .replace(/^~(?=\/|$)/, tokens.home)
    .replaceAll(/%(.)/g, (token, letter: string) => values[letter] ?? token)
    .replaceAll(/\$\{([^}]+)\}/g, (token, name: string) => tokens.env[name] ?? token)
}
