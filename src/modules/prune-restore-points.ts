import { backupsToPrune } from '#backups/backups-to-prune.ts'
import { parseKeepRule } from '#backups/keep-rule.ts'
import { DamagedPoint, readPoints } from '#backups/read-points.ts'
import { asBackup } from '#backups/restore-point-text.ts'
import { durationMs } from '#base/duration.ts'
import { isZone } from '#base/zoned-time.ts'
import type { RestorePoint } from '#model/restore-point.ts'
import { t } from '#sdk/args.ts'
import { defineModule, TaskFailure } from '#sdk/module.ts'

interface State {
  /** Those of the group that are not removed yet. */
  readonly points: readonly RestorePoint[]
  readonly now: number
}

export default defineModule({
  summary: 'Says which backups a rule removes, and fails when that must not be.',
  description: `It removes nothing itself: the result lists \`removed\`, each with its \`id\` and \`copies\`, and \`kept\`.
Remove the copies, then record each with \`restore_point\` as removed. It fails, with every reason, when the newest
backup or the last verified one would go, when the newest is not verified, when fewer than \`min_copies\` would be
left, when too many would go at once, or when a backup is dated in the future.`,
  args: t.Args({
    kind: t.String({ description: 'Of which kind of restore points.' }),
    host: t.String({ description: 'Of which host.' }),
    subject: t.String({ description: 'Of what of that host.' }),
    keep: t.String({ description: 'How many stay: `last=1,weekly=4,monthly=3`.' }),
    zone: t.Optional(t.String({ description: 'The time zone of days and weeks.', default: 'UTC' })),
    min_copies: t.Optional(t.Integer({ description: 'Never leave fewer.', default: 1, minimum: 1 })),
    min_age: t.Optional(t.String({ description: 'What is younger stays: `12h`, `7d`.' })),
    max_removed: t.Optional(
      t.Number({
        description: 'The part that may go at once, from 0 to 1; one may always go.',
        default: 0.5,
        minimum: 0,
        maximum: 1,
      }),
    ),
    protected: t.Optional(
      t.List(t.String({ description: 'A path on `host`.' }), {
        description:
          'Copies that something else protects, such as the storage they lie in. What they are copies of stays and counts for nothing.',
      }),
    ),
  }),
  examples: [
    {
      title: 'Snapshots of etcd',
      args: { kind: 'etcd', host: 'k8s-cp01', subject: 'cluster', keep: 'last=3,daily=7,weekly=4' },
    },
  ],
  runs: 'controller',

  async probe({ args: { kind, host, subject }, controller }): Promise<State> {
    const points = await readPoints(controller).catch((error: unknown) => {
      if (!(error instanceof DamagedPoint)) throw error
      throw new TaskFailure(`${error.message} Nothing is removed before it is gone.`)
    })
    const isOfGroup = (point: RestorePoint): boolean =>
      point.kind === kind && point.host === host && point.subject === subject && point.removedAt === undefined
    return { points: points.filter(isOfGroup), now: controller.now().getTime() }
  },

  plan: () => [],

  result({ args, state: { points, now } }) {
    const rule = parseKeepRule(args.keep)
    if ('problem' in rule) throw new TaskFailure(`${rule.problem} ${rule.remedy}`)
    const { zone = 'UTC', min_copies: minCopies = 1, max_removed: maxRemoved = 0.5 } = args
    if (!isZone(zone)) throw new TaskFailure(`There is no time zone "${zone}".`)
    const minAge = args.min_age === undefined ? 0 : durationMs(args.min_age)
    if (minAge === undefined) throw new TaskFailure(`"${args.min_age}" is no duration, as 12h or 7d are.`)
    const rails = { minCopies, maxRemoved, minAge, needsVerified: true }
    const held = new Set(args.protected)
    const isHeld = ({ copies }: RestorePoint): boolean =>
      copies.some(({ host, path }) => host === args.host && held.has(path))
    const backups = points.map((point) => asBackup(isHeld(point) ? { ...point, isProtected: true } : point))
    const { kept, removed, refusals } = backupsToPrune(backups, rule, {
      zone,
      now,
      rails,
    })
    const data = {
      removed: removed.map(({ name }) => ({ id: name, copies: copiesOf(name, points) })),
      kept: kept.map(({ backup, mark }) => ({ id: backup.name, by: mark })),
    }
    if (refusals.length === 0) return { data }
    return { failed: true, msg: `No backup is removed. ${refusals.join(' ')}`, data: { refusals } }
  },
})

const copiesOf = (id: string, points: readonly RestorePoint[]): RestorePoint['copies'] =>
  points.find((point) => point.id === id)?.copies ?? []
