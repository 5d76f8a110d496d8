import crontab from '#facts/crontab.ts'
import fileContent from '#facts/file-content.ts'
import type { Change } from '#model/change.ts'
import { type Static, t } from '#sdk/args.ts'
import {
  jobNamed,
  jobNames,
  removeJob,
  removeVariable,
  setJob,
  setVariable,
  variableNamed,
  variableNames,
  withoutHeader,
} from '#sdk/crontab-text.ts'
import { given } from '#sdk/given.ts'
import type { WriteHost } from '#sdk/host.ts'
import { defineModule, TaskFailure } from '#sdk/module.ts'
import { raw, sh } from '#sdk/quote.ts'

const time = (description: string) => t.Optional(t.String({ description, default: '*', pattern: '^\\S+$' }))

const args = t.Args({
  name: t.Optional(
    t.String({
      description: 'Names the job (or the variable, with `env`) for later runs.',
      pattern: '^[^\\n]+$',
    }),
  ),
  job: t.Optional(
    t.String({ description: 'The command to run, or the value of the variable.', pattern: '^[^\\n]*$' }),
  ),
  state: t.Optional(
    t.Choice(['present', 'absent'], { description: 'Whether the job exists.', default: 'present' }),
  ),
  minute: time('Minute: 0-59, `*`, `*/5`, …'),
  hour: time('Hour: 0-23.'),
  day: time('Day of the month: 1-31.'),
  month: time('Month: 1-12.'),
  weekday: time('Day of the week: 0-6, 0 being Sunday.'),
  special_time: t.Optional(
    t.Choice(['reboot', 'yearly', 'annually', 'monthly', 'weekly', 'daily', 'hourly'], {
      description: 'A time with a name, instead of the five fields.',
    }),
  ),
  user: t.Optional(t.String({ description: 'Whose crontab, or as whom a job of `cron_file` runs.' })),
  cron_file: t.Optional(
    t.String({ description: "A file of /etc/cron.d, or an absolute path, instead of a user's crontab." }),
  ),
  disabled: t.Optional(t.Boolean({ description: 'Keep the job as a comment.', default: false })),
  env: t.Optional(t.Boolean({ description: 'Manage a variable instead of a job.', default: false })),
  insertafter: t.Optional(t.String({ description: 'Put a new variable after this one.' })),
  insertbefore: t.Optional(t.String({ description: 'Put a new variable before this one.' })),
  backup: t.Optional(
    t.Boolean({ description: 'Keep the old text; its place is `backup_file`.', default: false }),
  ),
})

type Args = Static<typeof args>

interface State {
  readonly text: string
  /** False for a file that is not there. */
  readonly exists: boolean
  readonly error: string
}

export default defineModule({
  summary: 'Manages jobs and variables of crontabs and of /etc/cron.d.',
  description: 'Jobs are marked by a line `#Ansible: <name>`, so that crontabs change hands silently.',
  args,
  argumentAliases: { value: 'job', dom: 'day', dow: 'weekday' },
  examples: [
    {
      title: 'A nightly job',
      args: { name: 'backup', hour: '3', minute: '15', job: '/usr/local/bin/backup' },
    },
    {
      title: 'A file of its own',
      args: { name: 'sweep', cron_file: 'sweep', user: 'root', special_time: 'daily', job: 'sweep' },
    },
    { title: 'A variable', args: { name: 'MAILTO', env: true, job: 'ops@example.org' } },
    { title: 'Remove a job', args: { name: 'backup', state: 'absent' } },
  ],

  async probe({ args, host }): Promise<State> {
    if (args.cron_file === undefined) return { ...(await host.fact(crontab, args.user ?? '')), exists: true }
    const { text, exists } = await host.fact(fileContent, cronPath(args.cron_file))
    return { text: text ?? '', exists, error: '' }
  },

  plan({ args, state }): readonly Change[] {
    if (state.error !== '') throw new TaskFailure(`The crontab cannot be read: ${state.error}`)
    requireArguments(args)
    const path = args.cron_file === undefined ? 'crontab' : cronPath(args.cron_file)
    const before = state.exists ? state.text : undefined
    if (removesFile(args)) {
      return state.exists
        ? [{ field: 'file', before: path, after: 'absent', diff: { path, before, after: undefined } }]
        : []
    }
    const after = wantedText(args, state.text)
    if (after === withoutHeader(state.text)) return []
    const field = args.env ? 'variable' : 'job'
    const line = args.env ? variableNamed : jobNamed
    const shown = (text: string): string => line(text, args.name ?? '') ?? 'absent'
    return [
      {
        field: `${field} ${args.name}`,
        before: shown(state.text),
        after: shown(after),
        diff: { path, before, after },
      },
    ]
  },

  async apply({ args, state, host }) {
    if (args.cron_file === undefined) return { backup: await writeCrontab(host, args, state.text) }
    const path = cronPath(args.cron_file)
    if (removesFile(args)) {
      await host.run(sh`rm -f ${path}`)
      return {}
    }
    // cron refuses files that others may write.
    return host.write({
      path,
      content: wantedText(args, state.text),
      mode: 0o644,
      backup: args.backup ?? false,
    })
  },

  result({ args, state, changes, applied }) {
    const text = changes.length > 0 && !removesFile(args) ? wantedText(args, state.text) : state.text
    return {
      data: {
        jobs: jobNames(text),
        envs: variableNames(text),
        ...given({ cron_file: args.cron_file, backup_file: applied?.backup }),
      },
    }
  },

  touches: ({ args }) =>
    args.cron_file === undefined
      ? [{ kind: 'cron', name: args.user ?? '' }]
      : [{ kind: 'path', name: cronPath(args.cron_file) }],
})

const cronPath = (file: string): string => (file.startsWith('/') ? file : `/etc/cron.d/${file}`)

const removesFile = ({ state, cron_file, name }: Args): boolean =>
  state === 'absent' && cron_file !== undefined && name === undefined

function requireArguments(args: Args): void {
  if (removesFile(args)) return
  if (args.name === undefined) throw new TaskFailure('`name` is missing: it marks the job for later runs.')
  if (args.state === 'absent') return
  if (args.job === undefined) throw new TaskFailure('`job` is missing: it says what to run.')
  if (args.cron_file !== undefined && args.user === undefined && !args.env) {
    throw new TaskFailure('`user` is missing: jobs in a file of their own need one.')
  }
}

function wantedText(args: Args, present: string): string {
  const text = withoutHeader(present)
  const { name = '', job = '' } = args
  if (args.state === 'absent') return args.env ? removeVariable(text, name) : removeJob(text, name)
  if (!args.env) return setJob(text, { name, line: jobLine(args) })
  const places = given({ after: args.insertafter, before: args.insertbefore })
  const after = setVariable(text, { name, value: job, ...places })
  if (after === undefined) {
    throw new TaskFailure(
      `The crontab has no variable ${args.insertafter ?? args.insertbefore} to put ${name} beside.`,
    )
  }
  return after
}

function jobLine(args: Args): string {
  const { minute = '*', hour = '*', day = '*', month = '*', weekday = '*', special_time: special } = args
  const times = special === undefined ? [minute, hour, day, month, weekday] : [`@${special}`]
  const user = args.cron_file === undefined ? [] : [args.user ?? 'root']
  return `${args.disabled ? '#' : ''}${[...times, ...user, args.job ?? ''].join(' ')}`
}

/** The text goes to crontab's stdin; the old one is kept first, when asked for. */
async function writeCrontab(host: WriteHost, args: Args, present: string): Promise<string | undefined> {
  const whose = args.user === undefined ? [] : ['-u', args.user]
  const keep = args.backup
    ? sh`kept=$(mktemp /tmp/crontab.XXXXXX) && { crontab ${whose} -l >"$kept" 2>/dev/null || :; } && printf '%s' "$kept" && `
    : raw('')
  const { stdout } = await host.run(sh`${keep}printf %s ${wantedText(args, present)} | crontab ${whose} -`)
  return args.backup ? stdout : undefined
}
