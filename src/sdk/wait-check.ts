import { decodeBytes } from './byte-text.ts'
import type { CommandResult } from './host.ts'
import { pathWord } from './host-path.ts'
import { raw, type Script, sh } from './quote.ts'
import { userRegex } from './user-regex.ts'
import type { WaitArgs } from './wait-args.ts'

/** What one look told. */
export interface Look {
  readonly holds: boolean
  readonly groups: readonly (string | undefined)[]
  readonly named: Readonly<Record<string, string | undefined>>
}

/** How much of a file or greeting is searched. */
const searchLimit = 1024 * 1024

/** The script that looks once. It prints `yes`, `no` or `cannot`, and a newline before any text to search. */
export function lookScript(args: WaitArgs): Script {
  if (args.path !== undefined) return fileScript(args.path, args.search_regex !== undefined)
  if (args.state === 'drained') return connectionScript(args)
  return portScript(args)
}

function fileScript(path: string, reads: boolean): Script {
  const word = pathWord(path)
  const text = reads ? sh`&& head -c ${searchLimit} ${word} 2>/dev/null` : raw('')
  return sh`if [ -e ${word} ] || [ -L ${word} ]; then echo yes ${text}; else echo no; fi; :`
}

/**
 * Tries to connect, by whatever the host has: bash, nc, python, curl, or for its own ports the kernel's table. What the
 * port says within a second is printed when it is to be searched.
 */
function portScript({ host = '127.0.0.1', port = 0, connect_timeout = 5, search_regex }: WaitArgs): Script {
  const greeting = search_regex === undefined ? 0 : 1
  const read = 't=$3; while IFS= read -r -t "$t" l <&3; do printf "%s\n" "$l"; t=0.3; done; printf %s "$l"'
  const bash = `exec 3<>"/dev/tcp/$1/$2" || exit 1; echo yes; [ "$3" = 0 ] || { ${read}; }; exit 0`
  const python = `import socket,sys
try: s=socket.create_connection((sys.argv[1],int(sys.argv[2])),float(sys.argv[4]))
except OSError: print("no"); sys.exit()
print("yes"); sys.stdout.flush(); s.settimeout(float(sys.argv[3]) or 0.001)
try: sys.stdout.buffer.write(s.recv(65536))
except OSError: pass`
  return sh`h=${host}; p=${port}; g=${greeting}; c=${connect_timeout}
if command -v bash >/dev/null 2>&1 && command -v timeout >/dev/null 2>&1; then
  timeout $((c + g)) bash -c ${bash} - "$h" "$p" "$g" 2>/dev/null || [ $? = 124 ] || echo no
elif command -v python3 >/dev/null 2>&1; then python3 -c ${python} "$h" "$p" "$g" "$c"
elif command -v nc >/dev/null 2>&1; then
  if [ "$g" = 0 ]; then nc -w "$c" "$h" "$p" </dev/null >/dev/null 2>&1 && echo yes || echo no
  elif o=$( { sleep "$g"; } | nc -w "$c" "$h" "$p" 2>/dev/null; ); then printf 'yes\\n%s' "$o"; else echo no; fi
elif command -v curl >/dev/null 2>&1; then
  t=$(curl -s -o /dev/null -m 1 -w '%{time_connect}' "telnet://$h:$p" </dev/null 2>/dev/null)
  case $t in *[1-9]*) echo yes ;; *) echo no ;; esac
elif [ "$h" = 127.0.0.1 ] || [ "$h" = localhost ] || [ "$h" = 0.0.0.0 ]; then
  x=$(printf '%04X' "$p"); cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | grep -q "^ *[0-9]*: [0-9A-F]*:$x [0-9A-F:]* 0A" && echo yes || echo no
else echo cannot; fi`
}

/** The kernel's table of connections; the states are ESTABLISHED to SYN_RECV, FIN_WAIT1, FIN_WAIT2 and TIME_WAIT. */
function connectionScript({ port = 0 }: WaitArgs): Script {
  const hex = port.toString(16).toUpperCase().padStart(4, '0')
  return sh`if [ -r /proc/net/tcp ]; then echo yes; cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk -v port=${hex} '{ n = split($2, a, ":"); if (a[n] == port && $4 ~ /^0[1-6]$/) print $3 }'
else echo cannot; fi`
}

/** What `lookScript` printed, read as binary. Undefined: the host has no way to look. */
export function readLook(args: WaitArgs, { stdout }: CommandResult): Look | undefined {
  const end = stdout.indexOf('\n')
  const answer = stdout.slice(0, end)
  if (answer === 'cannot') return undefined
  const text = decodeBytes(stdout.slice(end + 1)).text
  const none = { groups: [], named: {} }
  if (args.state === 'drained') return { holds: peers(args, text).length === 0, ...none }
  const isThere = answer === 'yes'
  if (args.state === 'stopped' || args.state === 'absent') return { holds: !isThere, ...none }
  if (!isThere || args.search_regex === undefined) return { holds: isThere, ...none }
  const match = userRegex(args.search_regex, { multiline: true }).exec(text)
  return { holds: match !== undefined, groups: match?.groups ?? [], named: match?.named ?? {} }
}

/** Addresses with connections, without those that do not count. */
function peers({ exclude_hosts = [] }: WaitArgs, text: string): readonly string[] {
  const excluded = new Set(exclude_hosts.map(hexAddress))
  return text.split('\n').filter((line) => line !== '' && !excluded.has(line.split(':')[0] ?? ''))
}

/** `10.0.0.1` as the kernel writes it: the bytes in reverse. */
const hexAddress = (address: string): string =>
  address
    .split('.')
    .toReversed()
    .map((part) => Number(part).toString(16).toUpperCase().padStart(2, '0'))
    .join('')
