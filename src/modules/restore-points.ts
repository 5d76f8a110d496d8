import { listedPoints } from '#backups/find-restore-point.ts'
import { DamagedPoint, readPoints } from '#backups/read-points.ts'
import type { RestorePoint } from '#model/restore-point.ts'
import { t } from '#sdk/args.ts'
import { defineModule, TaskFailure } from '#sdk/module.ts'

export default defineModule({
  summary: 'Lists what can be restored.',
  description: `The result's \`points\` are those that \`tsplay restore list\` shows, newest first: \`id\`, \`kind\`,
\`host\`, \`subject\`, \`at\` (milliseconds since 1970), \`copies\` and what else is known. \`newest\` holds the newest of each
\`kind\`, \`host\` and \`subject\`.`,
  args: t.Args({
    kind: t.Optional(t.String({ description: 'Of this kind alone.' })),
    host: t.Optional(t.String({ description: 'Backups of this host alone.' })),
    subject: t.Optional(t.String({ description: 'Backups of this alone.' })),
  }),
  examples: [{ title: 'All backups of machine 103', args: { kind: 'vm', subject: '103' } }],
  runs: 'controller',

  async probe({ args: filter, controller }): Promise<readonly RestorePoint[]> {
    try {
      return listedPoints(await readPoints(controller), filter)
    } catch (error) {
      if (error instanceof DamagedPoint) throw new TaskFailure(`${error.message} Remove it to go on.`)
      throw error
    }
  },

  plan: () => [],

  result: ({ state }) => {
    const groups = Map.groupBy(state, ({ kind, host, subject }) => JSON.stringify([kind, host, subject]))
    return { data: { points: state, newest: [...groups.values()].map(([newest]) => newest) } }
  },
})
