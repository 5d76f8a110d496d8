import {
  idPattern,
  parseRestorePoint,
  registryFolder,
  restorePointText,
} from '#backups/restore-point-text.ts'
import { type RestorePoint, verificationLevels } from '#model/restore-point.ts'
import { t } from '#sdk/args.ts'
import { defineModule, TaskFailure } from '#sdk/module.ts'

interface State {
  readonly file: string
  readonly known: RestorePoint | undefined
  /** Milliseconds since 1970. */
  readonly now: number
}

const args = t.Args({
  id: t.String({ description: 'Its name: letters, digits, `.`, `_` and `-`.', pattern: idPattern }),
  kind: t.Optional(
    t.String({ description: 'What it takes to restore it: `etcd` is restored by `restore-etcd.yml`.' }),
  ),
  host: t.Optional(t.String({ description: 'The host it is a backup of.' })),
  subject: t.Optional(t.String({ description: 'What of that host: a set of files, a guest, a cluster.' })),
  copies: t.Optional(
    t.List(
      t.Object(
        {
          host: t.String({ description: 'The host it lies on.' }),
          path: t.String({ description: 'Its path there.' }),
        },
        { description: 'A copy.' },
      ),
      { description: 'Where it lies.', minItems: 1 },
    ),
  ),
  made: t.Optional(
    t.String({
      description: 'When it was made, as `2026-11-29T02:00:00Z`. Without it, a new one was made just now.',
      pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}Z$',
    }),
  ),
  shared_disks: t.Optional(
    t.List(t.String({ description: 'A disk.' }), {
      description: 'Disks that hold both it and what it is a backup of.',
    }),
  ),
  size: t.Optional(t.Integer({ description: 'Bytes.', minimum: 1 })),
  sha256: t.Optional(t.String({ description: 'Its checksum.', pattern: '^[0-9a-f]{64}$' })),
  level: t.Optional(
    t.Choice(verificationLevels, {
      description: 'How far it has been proved, just now. It never falls; each has its own time.',
    }),
  ),
  recovery_seconds: t.Optional(
    t.Number({ description: 'How long restoring it took, just now.', minimum: 0 }),
  ),
  protected: t.Optional(t.Boolean({ description: 'Never remove it, whatever a rule says.' })),
  removed: t.Optional(t.Boolean({ description: 'Its copies were removed.', default: false })),
})

export default defineModule({
  summary: 'Records a backup as something that can be restored.',
  description: `Restore points are files of the controller's state folder; \`tsplay restore list\` shows them. A new one
needs \`kind\`, \`host\`, \`subject\` and \`copies\`; one that is known keeps what is not given.`,
  args,
  examples: [
    {
      title: 'Record a snapshot of etcd',
      args: {
        id: 'etcd-k8s-cp01-20261129T020000Z',
        kind: 'etcd',
        host: 'k8s-cp01',
        subject: 'cluster',
        copies: [{ host: 'k8s-cp01', path: '/var/backups/etcd/20261129T020000Z.db' }],
        level: 'structure',
      },
    },
    {
      title: 'Say how long a drill took',
      args: { id: 'etcd-k8s-cp01-20261129T020000Z', level: 'drill', recovery_seconds: 4.2 },
    },
  ],
  runs: 'controller',
  settles: false,

  async probe({ args: { id }, controller }): Promise<State> {
    const folder = `${controller.stateFolder}/${registryFolder}`
    const entries = (await controller.folder(folder, 'written')) ?? []
    const entry = entries.find(({ path }) => path === `${id}.json`)
    const bytes = await entry?.file?.read()
    const known = bytes && parseRestorePoint(new TextDecoder().decode(bytes))
    if (bytes && !known) throw new TaskFailure(`${folder}/${id}.json is damaged; remove it to go on.`)
    return { file: `${folder}/${id}.json`, known, now: controller.now().getTime() }
  },

  plan: ({ args: given, state }) => [
    { field: 'restore_point', before: state.known?.id ?? null, after: pointOf(given, state).id },
  ],

  async apply({ args: given, state, controller }) {
    const text = restorePointText(pointOf(given, state))
    await controller.write(state.file, bytesOf(text), { mode: 0o600 })
  },

  result({ args: given, state }) {
    const point = pointOf(given, state)
    const warnings = warningsFor(point, given.shared_disks ?? [])
    return { data: { point }, ...(warnings.length > 0 && { warnings }) }
  },
})

/** A volume of a Proxmox Backup Server, which is another machine though it is reached by this one. */
const isOnServer = (path: string): boolean => /^[\w.-]+:backup\/[a-z]+\/\d+\//.test(path)

/** A snapshot always lies where what it is of lies; nobody takes it for a backup. */
function warningsFor(
  { id, kind, host, copies, removedAt }: RestorePoint,
  disks: readonly string[],
): readonly string[] {
  if (removedAt !== undefined || copies.some((copy) => copy.host !== host || isOnServer(copy.path))) return []
  if (kind.endsWith('-snapshot')) return []
  if (disks.length > 0)
    return [`${id} shares ${disks.join(' and ')} with what it is a backup of: what takes one takes both.`]
  return [`${id} lies on ${host} alone, whose backup it is: what takes the host takes it too.`]
}

interface Given {
  readonly id: string
  readonly kind?: string
  readonly host?: string
  readonly subject?: string
  readonly copies?: RestorePoint['copies']
  readonly made?: string
  readonly shared_disks?: readonly string[]
  readonly size?: number
  readonly sha256?: string
  readonly level?: RestorePoint['level']
  readonly recovery_seconds?: number
  readonly protected?: boolean
  readonly removed?: boolean
}

function pointOf(given: Given, { known, now }: State): RestorePoint {
  const { id, kind = known?.kind, host = known?.host, subject = known?.subject } = given
  const copies = given.copies ?? known?.copies
  if (kind === undefined || host === undefined || subject === undefined || copies === undefined) {
    throw new TaskFailure(`${id} is not known yet: it needs kind, host, subject and copies.`)
  }
  const { size = known?.size, sha256 = known?.sha256 } = given
  return {
    ...(known ?? { at: given.made === undefined ? now : Date.parse(given.made) }),
    id,
    kind,
    host,
    subject,
    copies,
    ...(size !== undefined && { size }),
    ...(sha256 !== undefined && { sha256 }),
    ...verified(given.level, known, now),
    ...(given.recovery_seconds !== undefined && {
      recoverySeconds: given.recovery_seconds,
      recoveredAt: now,
    }),
    ...(given.protected !== undefined && { isProtected: given.protected }),
    ...(given.removed === true && { removedAt: now }),
  }
}

/** A weaker check than one before has a time of its own, and must not make the stronger one look recent. */
function verified(
  level: RestorePoint['level'],
  known: RestorePoint | undefined,
  now: number,
): Partial<RestorePoint> {
  if (level === undefined) return {}
  const before = known?.level === undefined ? -1 : verificationLevels.indexOf(known.level)
  const proofs = { proofs: { ...known?.proofs, [level]: now } }
  return verificationLevels.indexOf(level) < before ? proofs : { ...proofs, level, verifiedAt: now }
}

async function* bytesOf(text: string): AsyncIterable<Uint8Array> {
  yield new TextEncoder().encode(text)
}
