import type { Change } from '#model/change.ts'
import type { Controller } from '#sdk/controller.ts'
import { defineModule, TaskFailure } from '#sdk/module.ts'
import { recordName, recordValue } from '#sdk/route53/record-text.ts'
import { openRoute53, type RecordSet, type Route53 } from '#sdk/route53/route53.ts'
import { type Route53Args, route53Args } from '#sdk/route53/route53-args.ts'

interface State {
  readonly present: RecordSet | undefined
}

interface Applied {
  readonly change: string
  readonly seconds: number
}

export default defineModule({
  summary: 'Keeps a DNS record in a hosted zone of Route53.',
  description: `The machine that tsplay runs on asks AWS; no host is needed. Credentials are looked for where the AWS CLI looks for
them (environment, profile, SSO), unless a key is given. It needs the permissions \`route53:ListResourceRecordSets\`,
\`route53:ChangeResourceRecordSets\` and \`route53:GetChange\`; for \`zone\` also \`route53:ListHostedZonesByName\`.

Names and values are compared as Route53 keeps them: in lower case, with a dot at the end, \`*\` as \`\\052\`, TXT in quotes.
Records that are an alias, or one of several by weight or place, are refused.`,
  args: route53Args,
  argumentAliases: { hosted_zone_id: 'zone_id', record: 'name', value: 'values' },
  examples: [
    {
      title: 'A name for an address',
      args: { zone_id: 'Z09949422RI3FRSRW9V66', name: 'demo.example.com', values: ['10.10.0.220'] },
    },
    {
      title: 'Take a text away',
      args: { state: 'absent', zone_id: 'Z09949422RI3FRSRW9V66', name: '_acme.example.com', type: 'TXT' },
    },
    {
      title: 'With a key from a vault, without waiting',
      args: {
        zone: 'example.com',
        name: '*.example.com',
        type: 'CNAME',
        ttl: 60,
        values: ['demo.example.com'],
        access_key: 'AKIAIOSFODNN7EXAMPLE',
        secret_key: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
        wait: false,
      },
    },
  ],
  runs: 'controller',

  async probe({ args, controller }): Promise<State> {
    const { name, type } = wantedSet(args)
    return withRoute53(await openRoute53(args, controller), async (zone) => ({
      present: await zone.find(name, type),
    }))
  },

  plan({ args, state: { present } }): readonly Change[] {
    const wanted = args.state === 'absent' ? undefined : wantedSet(args)
    const diff = { path: recordName(args.name), before: zoneText(present), after: zoneText(wanted) }
    if (diff.before === diff.after) return []
    const [before, after] = [present, wanted].map((set) => set?.values.join(', '))
    const changes = [
      { field: 'values', before, after },
      { field: 'ttl', before: present?.ttl, after: wanted?.ttl },
    ].filter((change) => change.before !== change.after)
    return changes.map((change, index) => (index === 0 ? { ...change, diff } : change))
  },

  async apply({ args, state: { present }, controller, signal, progress }): Promise<Applied> {
    const isGone = args.state === 'absent' && present !== undefined
    const started = controller.now().getTime()
    return withRoute53(await openRoute53(args, controller, signal), async (zone) => {
      const change = isGone
        ? await zone.change('DELETE', present)
        : await zone.change('UPSERT', wantedSet(args))
      if (args.wait !== false) await arrival(zone, change, { args, controller, signal, progress })
      return { change, seconds: (controller.now().getTime() - started) / 1000 }
    })
  },

  result: ({ args, state: { present }, applied }) => ({
    data: {
      name: recordName(args.name),
      type: wantedSet(args).type,
      before: present?.values ?? [],
      ...(applied && { change_id: applied.change, elapsed: Math.round(applied.seconds) }),
    },
  }),

  touches: () => [],
})

/** Throws TaskFailure for values that are none. */
function wantedSet({ name, type = 'A', ttl = 300, values = [], state }: Route53Args): RecordSet {
  if (state !== 'absent' && values.length === 0) {
    throw new TaskFailure(`The record ${name} needs \`values\`, or \`state: absent\`.`)
  }
  if (type === 'CNAME' && values.length > 1) {
    throw new TaskFailure(`The record ${name} is a CNAME, which has one value.`)
  }
  const given = new Set(values.map((value) => recordValue(type, value)))
  return { name: recordName(name), type, ttl, values: [...given].toSorted() }
}

/** As in a zone file. */
const zoneText = (set: RecordSet | undefined): string | undefined =>
  set?.values.map((value) => `${set.name} ${set.ttl} IN ${set.type} ${value}\n`).join('')

async function withRoute53<Result>(zone: Route53, work: (zone: Route53) => Promise<Result>): Promise<Result> {
  try {
    return await work(zone)
  } finally {
    zone.close()
  }
}

interface Waiting {
  readonly args: Route53Args
  readonly controller: Pick<Controller, 'now' | 'sleep'>
  readonly signal: AbortSignal
  readonly progress: (text: string) => void
}

/** Usually within a minute. AWS counts requests, so they become rarer. */
async function arrival(
  zone: Route53,
  change: string,
  { args, controller, signal, progress }: Waiting,
): Promise<void> {
  const { wait_timeout = 300 } = args
  const started = controller.now().getTime()
  for (let pause = 1000; !(await zone.isInSync(change)); pause = Math.min(pause * 2, 8000)) {
    const seconds = Math.round((controller.now().getTime() - started) / 1000)
    if (seconds >= wait_timeout) {
      throw new TaskFailure(
        `Route53 took the change of ${args.name} (${change}), but not all of its servers have it after ${seconds} s. Run again to see whether they have; \`wait_timeout\` gives them longer.`,
      )
    }
    progress(`waiting for the servers of Route53, ${seconds} s`)
    await controller.sleep(pause, signal)
  }
}
