import type { Change } from '#model/change.ts'
import { t } from './args.ts'
import { defaultModes, parseMode } from './file-mode.ts'
import { type FileEntry, modeText } from './path-state.ts'
import { quote, raw, type Script } from './quote.ts'

/** Arguments that all modules which make files have in common: spread them into `t.Args`. */
export const attributeArgs = {
  owner: t.Optional(t.String({ description: 'User who shall own it: a name or a number.', minLength: 1 })),
  group: t.Optional(t.String({ description: 'Group it shall belong to: a name or a number.', minLength: 1 })),
  mode: t.Optional(
    t.Mode({
      description: 'Permissions: `"0644"` or `"u=rw,g=r,o="`. Left out: those it has, or the usual ones.',
    }),
  ),
}

/** Owner, group and mode as asked for; what is left out stays as it is. */
export interface Attributes {
  readonly owner?: string
  readonly group?: string
  readonly mode?: string | number
}

/** What differs between an entry and what is asked for. `entry` undefined: it is about to be made. */
export function attributeChanges(
  wanted: Attributes,
  entry: FileEntry | undefined,
  kind: 'file' | 'directory',
): readonly Change[] {
  const { owner, group, mode } = wanted
  const changes: Change[] = []
  if (owner !== undefined && !isSame(owner, entry?.owner, entry?.uid)) {
    changes.push({ field: 'owner', before: entry && (entry.owner ?? String(entry.uid)), after: owner })
  }
  if (group !== undefined && !isSame(group, entry?.group, entry?.gid)) {
    changes.push({ field: 'group', before: entry && (entry.group ?? String(entry.gid)), after: group })
  }
  if (mode !== undefined) {
    const after = wantedMode(wanted, entry, kind)
    if (after !== entry?.mode) {
      changes.push({ field: 'mode', before: entry && modeText(entry.mode), after: modeText(after) })
    }
  }
  return changes
}

const isSame = (wanted: string, name: string | undefined, id: number | undefined): boolean =>
  wanted === name || wanted === String(id)

/** The permission bits it shall have, or has, or gets by default. */
export function wantedMode(
  { mode }: Attributes,
  entry: FileEntry | undefined,
  kind: 'file' | 'directory',
): number {
  const current = entry?.mode ?? defaultModes[kind]
  return mode === undefined ? current : parseMode(mode, current, kind === 'directory')
}

/** Owner and group for `host.write`: as asked for, else those of the file that is replaced. */
export function ownerOf(
  { owner, group }: Attributes,
  entry: FileEntry | undefined,
): { owner?: string | number; group?: string | number } {
  const user = owner ?? entry?.uid
  const team = group ?? entry?.gid
  return { ...(user === undefined ? {} : { owner: user }), ...(team === undefined ? {} : { group: team }) }
}

/**
 * Commands, joined with `&&`, that carry out `changes` of owner, group and mode on a path word. Owner first: chown
 * clears set-id bits. Undefined when there is nothing to do.
 */
export function attributeScript(
  word: Script,
  changes: readonly Change[],
  options: { link?: boolean } = {},
): Script | undefined {
  const after = (field: string): string | undefined => {
    const change = changes.find((one) => one.field === field)
    return change === undefined ? undefined : String(change.after)
  }
  const flag = options.link ? '-h ' : ''
  const [owner, group, mode] = [after('owner'), after('group'), after('mode')]
  const steps = [
    ...(owner === undefined ? [] : [`chown ${flag}${quote(owner)} ${word}`]),
    ...(group === undefined ? [] : [`chgrp ${flag}${quote(group)} ${word}`]),
    ...(mode === undefined ? [] : [`chmod ${quote(mode)} ${word}`]),
  ]
  return steps.length === 0 ? undefined : raw(steps.join(' && '))
}
