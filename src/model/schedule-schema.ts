const text = { type: 'string', minLength: 1 } as const
const texts = { type: 'array', items: text } as const
const oneOrMore = { anyOf: [text, { type: 'array', items: text, minItems: 1 }] } as const
const duration = {
  type: 'string',
  pattern: '^([0-9]{1,6}[smhdw])+$',
  description: 'A duration such as 90s, 15m, 6h, 8d or 1h30m.',
} as const

const cron = {
  ...text,
  description: 'Minute, hour, day, month, weekday, or a nickname such as @daily.',
} as const
const zone = { ...text, description: 'A zone of the IANA database, such as Europe/Berlin.' } as const
const on = {
  type: 'array',
  items: { enum: ['failure', 'recovery', 'missed', 'stale', 'drift'] },
  description: 'What it is told of; all of it when absent.',
} as const

const schedule = {
  type: 'object',
  additionalProperties: false,
  required: ['cron'],
  properties: {
    description: text,
    cron,
    zone,
    run: { ...oneOrMore, description: 'Playbooks to run.' },
    plan: { ...oneOrMore, description: 'Playbooks to check for drift; nothing is changed.' },
    inventory: oneOrMore,
    limit: text,
    tags: texts,
    extra_vars: { type: 'object', description: 'Variables as with -e.' },
    gap: {
      enum: ['run-after', 'skip'],
      description: 'What becomes of a time that setting the clocks forward leaves out (default run-after).',
    },
    catch_up: {
      enum: ['none', 'latest', 'all'],
      description: 'What becomes of times that passed while no daemon ran (default latest).',
    },
    catch_up_within: { ...duration, description: 'Times that passed longer ago are left (default 7d).' },
    overlap: {
      enum: ['skip', 'queue', 'replace'],
      description: 'What becomes of a time at which the run before still goes on (default skip).',
    },
    jitter: { ...duration, description: 'Start up to so much later, by the same amount each time.' },
    deadline: { ...duration, description: 'End a run that takes longer.' },
    retries: { type: 'integer', minimum: 0, maximum: 20 },
    retry_delay: { ...duration, description: 'Wait before a failed run is tried again (default 5m).' },
    locks: { ...texts, description: 'Names that only one run at a time may hold.' },
    vms: {
      type: 'array',
      items: { type: 'integer', minimum: 100 },
      description:
        'Guests that this schedule backs up, given to its playbook as backups_vms; none may have two owners.',
    },
    stale_after: { ...duration, description: 'Raise an alert when no run ended well for so long.' },
    paused: { type: 'boolean' },
  },
} as const

/** The form of `schedules.yml`, for its check and for editors. */
export const scheduleSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'schedules.yml of tsplay',
  type: 'object',
  additionalProperties: false,
  required: ['schedules'],
  properties: {
    zone: { ...zone, description: 'The zone of schedules that name none.' },
    schedules: { type: 'object', additionalProperties: schedule },
    maintenance: {
      type: 'array',
      description: 'Times in which nothing is started.',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['name', 'cron', 'duration'],
        properties: { name: text, cron, zone, duration },
      },
    },
    alerts: {
      type: 'array',
      description: 'Who is told when something is wrong.',
      items: {
        type: 'object',
        additionalProperties: false,
        properties: {
          on,
          webhook: { ...text, description: 'A URL that gets JSON by POST.' },
          ntfy: { ...text, description: 'The URL of a topic.' },
          token: { ...text, description: 'The access token of the topic.' },
          email: {
            type: 'object',
            additionalProperties: false,
            required: ['smtp', 'from', 'to'],
            properties: {
              smtp: { ...text, description: 'smtp://user:password@server:587' },
              from: text,
              to: oneOrMore,
            },
          },
        },
      },
    },
  },
} as const
