import { decodeBytes } from '#sdk/byte-text.ts'
import { defineKeyedFact } from '#sdk/fact.ts'
import { pathWord } from '#sdk/host-path.ts'
import { quote } from '#sdk/quote.ts'

export interface KnownHostsFile {
  readonly path: string
  readonly folderExists: boolean
  readonly text: string
  readonly exists: boolean
  readonly mode: number
  readonly uid: number
  readonly gid: number
  /** Numbers (from 1) of the lines that speak of the host, hashed ones included. */
  readonly lines: readonly number[]
}

/** The key that asks what a file knows about a host. */
export const knownHostsKey = (path: string, host: string): string => `${path}\n${host}`

/** ssh-keygen finds hashed names; a host without it gets none of them found. */
export default defineKeyedFact<KnownHostsFile>({
  name: 'known-hosts',
  summary: 'What known_hosts files say about hosts.',
  binary: true,
  script(keys) {
    const calls = keys.map((key) => {
      const [path = '', host = ''] = key.split('\n')
      return `show ${pathWord(path).text} ${quote(host)}`
    })
    return `show() {
  folder=no; [ -d "\${1%/*}" ] && folder=yes
  printf '\\036%s\\n%s\\n' "$folder" "$1"
  if [ ! -f "$1" ]; then printf 'absent\\n\\n'; return; fi
  stat -L -c '%a %u %g' "$1"
  { ssh-keygen -F "$2" -f "$1" 2>/dev/null | sed -n 's/^# Host .* found: line \\([0-9]*\\).*/\\1/p' | tr '\\n' ' '; } 2>/dev/null
  echo
  cat "$1"
}
${calls.join('\n')}`
  },
  reads: (key) => [{ kind: 'path', name: key.split('\n')[0] ?? '' }],
  parse({ stdout }, keys) {
    const parts = stdout.split('\x1e').slice(1)
    return keys.map((key, i) => fileOf(parts[i] ?? '', key.split('\n')[1] ?? ''))
  },
})

function fileOf(part: string, host: string): KnownHostsFile {
  const [folder, path = '', attributes = 'absent', found = '', ...rest] = part.split('\n')
  const [mode = '600', uid = '0', gid = '0'] = attributes.split(' ')
  const exists = attributes !== 'absent'
  const text = exists ? decodeBytes(rest.join('\n')).text : ''
  const plain = text.split('\n').flatMap((line, i) => (namesHost(line, host) ? [i + 1] : []))
  const numbers = [
    ...found
      .split(' ')
      .filter((word) => word !== '')
      .map(Number),
    ...plain,
  ]
  return {
    path: decodeBytes(path).text,
    folderExists: folder === 'yes',
    text,
    exists,
    mode: exists ? Number.parseInt(mode, 8) : 0o600,
    uid: Number(uid),
    gid: Number(gid),
    lines: [...new Set(numbers)].sort((a, b) => a - b),
  }
}

function namesHost(line: string, host: string): boolean {
  const words = line.trim().split(/\s+/)
  const names = words[0]?.startsWith('@') ? words[1] : words[0]
  return (names ?? '').split(',').includes(host)
}
