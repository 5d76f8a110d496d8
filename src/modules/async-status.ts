import type { Change } from '#model/change.ts'
import { t } from '#sdk/args.ts'
import { jobQuestion, jobReport } from '#sdk/async-job.ts'
import { commandOutput } from '#sdk/command-run.ts'
import { defineModule, TaskFailure } from '#sdk/module.ts'
import { raw, sh } from '#sdk/quote.ts'

export default defineModule({
  summary: 'Asks how a detached job is doing.',
  description:
    'For tasks that were started with `async` and `poll: 0`; usually with `until: r.finished == 1`.',
  args: t.Args({
    jid: t.String({
      description: 'The id of the job: `ansible_job_id` of the task that started it.',
      pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$',
    }),
    mode: t.Optional(
      t.Choice(['status', 'cleanup'], {
        description: '`cleanup` removes what the job left on the host.',
        default: 'status',
      }),
    ),
  }),
  argumentAliases: { job: 'jid' },
  examples: [{ title: 'Look after a job', args: { jid: '20261124-3f2a' } }],

  // A job goes on by itself: no earlier answer may stand in for a new one, so each question is another text.
  async probe({ args, host }) {
    const { stdout } = await host.read(sh`: ${crypto.randomUUID()}\n${jobQuestion(args.jid)}`, {
      reads: [{ kind: 'process' }],
    })
    return jobReport(stdout)
  },

  plan({ args, state }): readonly Change[] {
    if (args.mode === 'cleanup') {
      return state.exists ? [{ field: 'job', before: 'present', after: 'absent' }] : []
    }
    if (!state.exists)
      throw new TaskFailure('could not find job', { ansible_job_id: args.jid, started: 1, finished: 1 })
    return []
  },

  async apply({ args, host }) {
    await host.run(sh`rm -rf ${raw('"$HOME"')}/.tsplay/jobs/${args.jid}`)
  },

  result({ args, state }) {
    const { finished, rc, startedAt, finishedAt } = state
    const data = {
      ansible_job_id: args.jid,
      results_file: `~/.tsplay/jobs/${args.jid}`,
      started: 1,
      finished: finished ? 1 : 0,
    }
    if (args.mode === 'cleanup') return { data: { ...data, erased: data.results_file } }
    if (!finished) return { changed: false, data: { ...data, start: startedAt } }
    const ended = { ...data, rc, ...commandOutput(state), start: startedAt, end: finishedAt }
    if (rc === undefined) return { failed: true, msg: 'The job ended without an exit code.', data: ended }
    return {
      changed: true,
      failed: rc !== 0,
      data: ended,
      ...(rc === 0 ? {} : { msg: `The job ended with exit code ${rc}.` }),
    }
  },

  touches: () => [{ kind: 'process' }],
})
