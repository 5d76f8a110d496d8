/** What `ansible_ssh_common_args` and `ansible_ssh_extra_args` say, as far as tsplay's own transport has a word for it. */
export interface SshArguments {
  readonly knownHostsFile?: string
  readonly hostKeyChecking?: 'strict' | 'accept-new' | 'off'
  readonly jump?: string
  readonly privateKeyFile?: string
  readonly port?: number
  readonly user?: string
  readonly configFile?: string
  /** Arguments that have no effect here: multiplexing (always on), and what only ssh(1) can do. */
  readonly ignored: readonly string[]
}

/** Options of ssh_config(5) that change nothing for tsplay: it keeps one connection, and never asks. */
const harmless = new Set([
  'controlmaster',
  'controlpath',
  'controlpersist',
  'batchmode',
  'identitiesonly',
  'preferredauthentications',
  'loglevel',
  'compression',
  'serveraliveinterval',
  'serveralivecountmax',
])

type Found = Partial<Omit<SshArguments, 'ignored'>>

/** Reads arguments of ssh(1): `-o Option=value`, `-J`, `-i`, `-p`, `-l`, `-F`. */
export function sshArguments(text: string): SshArguments {
  const words = text.match(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g)?.map(unquoted) ?? []
  let found: Found = {}
  const ignored: string[] = []
  for (let i = 0; i < words.length; i += 1) {
    const { letter, value, used } = argumentAt(words, i)
    i += used
    const read = letter === undefined ? undefined : byLetter(letter, value)
    if (read) found = { ...found, ...read }
    else ignored.push(words[i - used] === value ? value : [words[i - used], value].join(' ').trim())
  }
  return { ...found, ignored }
}

interface Argument {
  readonly letter: string | undefined
  readonly value: string
  /** How many further words it took. */
  readonly used: number
}

function argumentAt(words: readonly string[], i: number): Argument {
  const word = words[i] ?? ''
  const letter = /^-([oJiplF])/.exec(word)?.[1]
  if (letter === undefined) return { letter, value: word, used: 0 }
  return word.length > 2
    ? { letter, value: word.slice(2), used: 0 }
    : { letter, value: words[i + 1] ?? '', used: 1 }
}

function byLetter(letter: string, value: string): Found | undefined {
  switch (letter) {
    case 'o':
      return byOption(value)
    case 'J':
      return { jump: value }
    case 'i':
      return { privateKeyFile: value }
    case 'p':
      return { port: Number(value) }
    case 'l':
      return { user: value }
    default:
      return { configFile: value }
  }
}

function byOption(text: string): Found | undefined {
  const [, name = '', value = ''] = /^\s*(\w+)\s*[= ]\s*(.*)$/.exec(text) ?? []
  switch (name.toLowerCase()) {
    case 'userknownhostsfile':
      return value === '/dev/null' ? {} : { knownHostsFile: value }
    case 'stricthostkeychecking':
      return hostKeyChecking(value)
    case 'proxyjump':
      return { jump: value }
    case 'identityfile':
      return { privateKeyFile: value }
    case 'port':
      return { port: Number(value) }
    case 'user':
      return { user: value }
    default:
      return harmless.has(name.toLowerCase()) ? {} : undefined
  }
}

function hostKeyChecking(word: string): Found {
  if (['no', 'off'].includes(word)) return { hostKeyChecking: 'off' }
  return { hostKeyChecking: word === 'accept-new' ? 'accept-new' : 'strict' }
}

const unquoted = (word: string): string => word.replaceAll(/'([^']*)'|"([^"]*)"/g, (_, a, b) => a ?? b)
