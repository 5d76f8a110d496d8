import { quote } from '#sdk/quote.ts'
import type { InlineContent } from './inline-content.ts'
import { laneOperands } from './lanes.ts'

export interface Replacement {
  readonly path: string
  /** A file in the same folder, to be renamed over `path`. */
  readonly temporary: string
  /**
   * The new content: what travels in the script, or so many bytes that follow on its stdin. With `from`, those before that
   * one come from elsewhere, and the last one is sent when all the others are there.
   */
  readonly content: InlineContent | { readonly bytes: number; readonly from?: number }
  /** Prints the SHA-256 sum of the new file as the last line, if the host can tell. */
  readonly printsSum?: boolean
  readonly mode: number
  readonly owner?: string | number
  readonly group?: string | number
  readonly validate?: string
  /** Where the old file is kept. */
  readonly backup?: string
}

/**
 * The script that finishes the replacement of a file: content, owner, mode, check, then rename, in that order,
 * so that nobody sees a file that is half written or has the wrong owner. Any failure removes the temporary
 * file and leaves the old one in place.
 */
export function replaceFileScript(replacement: Replacement): string {
  const path = quote(replacement.path)
  const steps = [
    contentStep(replacement),
    ...ownerStep(replacement),
    `chmod ${octal(replacement.mode)} "$t"`,
    ...(replacement.validate === undefined ? [] : [validateStep(replacement.validate)]),
    ...(replacement.backup === undefined
      ? []
      : [`{ [ ! -e ${path} ] || cp -p ${path} ${quote(replacement.backup)}; }`]),
    ...(isSummed(replacement) ? [saySum(replacement.validate)] : []),
    `mv -f "$t" ${path}`,
    // Nothing is left to remove, and a process less to start.
    'trap - 0',
  ]
  return [
    `t=${quote(replacement.temporary)}`,
    // A trap, because the frame may be ended in the middle: by a time limit, or when nobody hears it any more (13).
    `trap 'rm -f "$t"' 0`,
    `trap 'exit 143' 1 2 13 15`,
    'umask 077',
    steps.join(' &&\n'),
  ].join('\n')
}

function contentStep(replacement: Replacement): string {
  const { content } = replacement
  if ('text' in content) return `{ printf %s ${quote(content.text)} > "$t" || ${sayWhy}; }`
  if ('escaped' in content) return `{ printf ${quote(content.escaped)} > "$t" || ${sayWhy}; }`
  // A connection that breaks looks like the end of the bytes: only their number tells.
  return `${saveStep(replacement, content.from)} &&
n=$(wc -c < "$t") &&
{ [ "$n" -eq ${content.bytes} ] || { echo "Only $((n)) of ${content.bytes} bytes arrived." >&2; false; }; }`
}

function saveStep(replacement: Replacement, from: number | undefined): string {
  if (from !== undefined) return `s= && dd ${laneOperands(from)} of="$t"`
  return isSummed(replacement) && replacement.validate === undefined ? saveAndSum : 'cat > "$t"'
}

/** Only what comes as a stream is summed: the rest has travelled inside of its script. */
const isSummed = ({ printsSum, content }: Replacement): boolean => printsSum === true && 'bytes' in content

/** OpenSSL comes first, since it knows the processor's own instructions: three times as fast as sha256sum. */
const sum =
  '{ if command -v openssl >/dev/null 2>&1; then openssl dgst -sha256 -r; else sha256sum; fi; } 2>/dev/null'

/**
 * Saves the bytes, and sums them meanwhile into `s` where a processor is free for it: on a host with more than two, which
 * sshd and tee keep busy. What tee says is the first line of `s`, since it holds the pipe open until then; there is no second
 * one where a host has no program for sums.
 */
const saveAndSum = `s= && case $(nproc 2>/dev/null) in
'' | 1 | 2) cat > "$t" ;;
*) s=$({ { tee -- "$t"; echo "saved $?" >&3; } | { ${sum} || cat >/dev/null; }; } 3>&1) && case $s in 'saved 0'*) ;; *) false ;; esac ;;
esac`

/** The sum is the last line of what the script says. A check may change what it checks. */
const saySum = (validate: string | undefined): string =>
  validate === undefined
    ? `{ if [ -n "$s" ]; then printf '%s\\n' "$s"; else ${sum} <"$t" || :; fi; }`
    : `{ ${sum} <"$t" || :; }`

/** The printf of some shells says only "I/O error": another program tells whether the disk is full. */
const sayWhy = '{ dd if=/dev/zero bs=4096 count=1 >> "$t"; false; }'

/** chown clears set-id bits, so it comes before chmod. */
function ownerStep({ owner, group }: Replacement): readonly string[] {
  if (owner === undefined && group === undefined) return []
  if (owner === undefined) return [`chgrp ${quote(String(group))} "$t"`]
  const both = group === undefined ? String(owner) : `${owner}:${group}`
  return [`chown ${quote(both)} "$t"`]
}

/** `%s` stands for the new file; without it the command gets nothing, as in Ansible. */
function validateStep(command: string): string {
  return `{ ${command.replaceAll('%s', '"$t"')}; }`
}

const octal = (mode: number): string => mode.toString(8).padStart(4, '0')
