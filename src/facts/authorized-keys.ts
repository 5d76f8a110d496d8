import { decodeBytes } from '#sdk/byte-text.ts'
import { defineKeyedFact } from '#sdk/fact.ts'
import { quote } from '#sdk/quote.ts'

export interface AuthorizedKeysFile {
  readonly userExists: boolean
  readonly path: string
  readonly folderExists: boolean
  /** Undefined when there is no file. */
  readonly text: string | undefined
  readonly mode: number
  readonly uid: number
  readonly gid: number
}

/** The key that asks for a user's file; without a path the one below the home folder. */
export const authorizedKeysKey = (user: string, path = ''): string => `${user}\n${path}`

const absent = { folderExists: false, text: undefined, mode: 0o600, uid: 0, gid: 0 }

/** Finds the home folder and reads the file in one go: as two facts they would cost two round trips. */
export default defineKeyedFact<AuthorizedKeysFile>({
  name: 'authorized-keys',
  summary: "Users' authorized SSH keys.",
  binary: true,
  script(keys) {
    const calls = keys.map(
      (key) =>
        `show ${key
          .split('\n')
          .map((word) => quote(word) || "''")
          .join(' ')}`,
    )
    return `show() {
  entry=$(getent passwd "$1" 2>/dev/null || grep "^$1:" /etc/passwd)
  IFS=: read -r name _ uid gid _ home _ <<END
$entry
END
  path=\${2:-$home/.ssh/authorized_keys}
  folder=no; [ -d "\${path%/*}" ] && folder=yes
  size=-1 mode=600
  if [ -f "$path" ]; then size=$(wc -c <"$path"); mode=$(stat -L -c %a "$path"); fi
  printf '\\036%s|%s|%s|%s|%s|%s\\n%s\\n' "$name" "$uid" "$gid" "$folder" $((size)) "$mode" "$path"
  [ -f "$path" ] && cat "$path"
  echo
}
${calls.join('\n')}`
  },
  reads: (key) => [
    { kind: 'user', name: key.split('\n')[0] ?? '' },
    { kind: 'path', name: key.split('\n')[1] || 'authorized_keys' },
  ],
  parse({ stdout }, keys) {
    const parts = stdout.split('\x1e').slice(1)
    return keys.map((_key, i) => fileOf(parts[i] ?? ''))
  },
})

function fileOf(part: string): AuthorizedKeysFile {
  const [head = '', path = '', ...rest] = part.split('\n')
  const [name = '', uid, gid, folder, size, mode = '600'] = head.split('|')
  if (name === '') return { ...absent, userExists: false, path }
  const content = rest.join('\n').slice(0, Math.max(0, Number(size)))
  return {
    userExists: true,
    path: decodeBytes(path).text,
    folderExists: folder === 'yes',
    text: Number(size) < 0 ? undefined : decodeBytes(content).text,
    mode: Number.parseInt(mode, 8),
    uid: Number(uid),
    gid: Number(gid),
  }
}
