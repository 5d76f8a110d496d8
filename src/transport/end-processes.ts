export interface Processes {
  readonly pid: number
  /** Given for a frame: when this is not its parent any more it has ended, and its number may be another's. */
  readonly parent?: number
  /** Whether the process itself ends, or only what it has started. */
  readonly itself: boolean
}

/**
 * A script that ends a process of the host and everything it has started: SIGTERM, two seconds of grace,
 * SIGKILL. It needs /proc or a POSIX `ps`, and ends only what its user may end.
 */
export function endProcessesScript({ pid, parent, itself }: Processes): string {
  return `root=${pid}; parent=${parent ?? ''}; spare=${itself ? '' : 1}\n${script}`
}

const script = `
# Prints "pid:parent" of all processes. The name in /proc/N/stat may hold anything, so fields count from its ')'.
pairs() {
  for f in /proc/[0-9]*/stat; do
    p=\${f#/proc/}; p=\${p%/stat}
    { IFS= read -r l <"$f"; } 2>/dev/null || continue
    l=\${l##*) }; l=\${l#* }
    echo "$p:\${l%% *}"
  done
  [ -r /proc/self/stat ] || ps -A -o pid= -o ppid= | while read -r p q; do echo "$p:$q"; done
}
# A zombie has ended; its parent has only not looked yet.
runs() {
  kill -0 "$1" 2>/dev/null || return 1
  { IFS= read -r l <"/proc/$1/stat"; } 2>/dev/null || return 0
  case \${l##*) } in Z*) return 1 ;; esac
}
# Sets all to $root and the processes below it.
find_all() {
  found=" $root "; list=$(pairs); grew=1
  while [ "$grew" = 1 ]; do
    grew=0
    for pair in $list; do
      case $found in *" \${pair%:*} "*) continue ;; esac
      case $found in *" \${pair#*:} "*) found="$found\${pair%:*} "; grew=1 ;; esac
    done
  done
  all=$found
  [ -n "$spare" ] && all=\${found#" $root "}
}
if [ -n "$parent" ]; then
  case " $(pairs | tr '\\n' ' ')" in *" $root:$parent "*) ;; *) exit 0 ;; esac
fi
find_all; first=$all
[ -n "\${first# }" ] || exit 0
kill -TERM $first 2>/dev/null
kill -CONT $first 2>/dev/null
n=0
while [ "$n" -lt 20 ]; do
  alive=
  for p in $first; do runs "$p" && alive=1; done
  [ -n "$alive" ] || break
  sleep 0.1 2>/dev/null || { sleep 1; n=$((n + 9)); }
  n=$((n + 1))
done
find_all
# Those of the first round stay listed: their parents are gone, so they cannot be found again.
[ -n "$alive" ] && kill -KILL $first $all 2>/dev/null
exit 0
`
