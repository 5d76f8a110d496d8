import { randomBytes } from 'node:crypto'
import type { Answer } from '../answer.ts'
import { type Call, type Command, type Double, defineDouble } from '../double.ts'
import type { OptionTable, Problem } from '../options.ts'
import { changeRecords } from './change-batch.ts'
import { canonicalName, isBefore, recordSetXml } from './record-set.ts'
import { begin, type Change, type Route53, refuseAs, route53State, zoneOf } from './route53-state.ts'
import { type Content, type Element, parseXml, xml } from './xml.ts'

const cites =
  'Amazon Route 53 API Reference, version 2013-04-01: https://docs.aws.amazon.com/Route53/latest/APIReference/; error texts of the service'

type Action = (call: Call<Route53>, action: string) => Answer

/**
 * The service behind `route53-api`: each action of its API is a command, whose first operand is the id that stands in the path.
 * Parameters of the query are options, the body is standard input, and what it prints is the answer's body. It refuses as
 * the AWS CLI does, with 254.
 */
export const route53: Double = defineDouble({
  name: 'route53',
  cites,
  state: route53State,
  refuse: (problem: Problem): Answer => ({
    exit: 252,
    stderr: `aws: error: argument operation: Invalid choice (${'word' in problem ? problem.word : problem.kind})\n`,
  }),
  commands: {
    ListHostedZones: command('ListHostedZones', listZones),
    ListHostedZonesByName: command('ListHostedZonesByName', listZonesByName, {
      options: { '--dnsname': 'value', '--hostedzoneid': 'value', '--maxitems': 'value' },
    }),
    GetHostedZone: command('GetHostedZone', getZone),
    ListResourceRecordSets: command('ListResourceRecordSets', listRecords, {
      options: { '--name': 'value', '--type': 'value', '--identifier': 'value', '--maxitems': 'value' },
    }),
    ChangeResourceRecordSets: command('ChangeResourceRecordSets', changeSets, { reads: true }),
    GetChange: command('GetChange', getChange),
  },
})

function command(
  name: string,
  run: Action,
  more: { options?: OptionTable; reads?: true } = {},
): Command<Route53> {
  return {
    ...more,
    run: async (call) => run({ ...call, state: await begin(call.state, call.host) }, name),
  }
}

const namespace = 'https://route53.amazonaws.com/doc/2013-04-01/'

const document = (name: string, content: Content): Answer => ({
  stdout: `<?xml version="1.0"?>\n${xml(name, content).replace('>', ` xmlns="${namespace}">`)}\n`,
})

const zoneXml = (id: string, { name, records }: Route53['zones'][string]): Content => ({
  Id: `/hostedzone/${id}`,
  Name: name,
  CallerReference: 'lab',
  Config: { PrivateZone: false },
  ResourceRecordSetCount: records.length,
})

function listZones({ state }: Call<Route53>): Answer {
  const zones = Object.entries(state.zones).map(([id, zone]) => zoneXml(id, zone))
  return document('ListHostedZonesResponse', {
    HostedZones: { HostedZone: zones },
    IsTruncated: false,
    MaxItems: 100,
  })
}

/** From a name on; names are in the order of their labels from the right. */
function listZonesByName({ options, state }: Call<Route53>): Answer {
  const first = canonicalName(options.text('dnsname') ?? '')
  const most = Math.min(Number(options.text('maxitems') ?? 100), 100)
  const type = 'SOA'
  const zones = Object.entries(state.zones)
    .filter(([, { name }]) => first === '.' || !isBefore({ name, type }, { name: first, type }))
    .toSorted(([, a], [, b]) => (isBefore({ name: a.name, type }, { name: b.name, type }) ? -1 : 1))
  return document('ListHostedZonesByNameResponse', {
    HostedZones: { HostedZone: zones.slice(0, most).map(([id, zone]) => zoneXml(id, zone)) },
    DNSName: first,
    IsTruncated: zones.length > most,
    MaxItems: most,
  })
}

function getZone({ operands: [id = ''], state }: Call<Route53>, action: string): Answer {
  const zone = zoneOf(state, id, action)
  const servers = zone.records.find(({ type }) => type === 'NS')?.values ?? []
  return document('GetHostedZoneResponse', {
    HostedZone: zoneXml(id, zone),
    DelegationSet: { NameServers: { NameServer: servers } },
  })
}

const mostItems = 300

function listRecords({ operands: [id = ''], options, state }: Call<Route53>, action: string): Answer {
  const { records } = zoneOf(state, id, action)
  const name = options.text('name')
  if (options.has('type') && name === undefined) {
    refuseAs('InvalidInput', action, 'If you specify a type, you must also specify a name.')
  }
  const first =
    name === undefined ? undefined : { name: canonicalName(name), type: options.text('type') ?? '' }
  const sorted = records.toSorted((a, b) => (isBefore(a, b) ? -1 : 1))
  const found = first ? sorted.filter((one) => !isBefore(one, first)) : sorted
  const most = Math.min(Number(options.text('maxitems') ?? mostItems), mostItems)
  const next = found[most]
  return document('ListResourceRecordSetsResponse', {
    ResourceRecordSets: { ResourceRecordSet: found.slice(0, most).map(recordSetXml) },
    IsTruncated: next !== undefined,
    ...(next && { NextRecordName: next.name, NextRecordType: next.type }),
    MaxItems: most,
  })
}

/** How many answers say PENDING: so no test waits for a clock. */
const answersUntilInSync = 1

function changeSets({ operands: [id = ''], input, state, host }: Call<Route53>, action: string): Answer {
  const zone = zoneOf(state, id, action)
  const problems = changeRecords(zone, readBatch(input, action))
  // In this form since 2024, and no longer as a document `InvalidChangeBatch`: aws-sdk-kotlin, issue 1433.
  if (problems.length > 0) refuseAs('InvalidChangeBatch', action, `[${problems.join(', ')}]`)
  const change = { at: new Date(host.now).toISOString(), pending: answersUntilInSync }
  const changeId = `C${randomBytes(10).toString('hex').toUpperCase()}`
  state.changes[changeId] = change
  return document('ChangeResourceRecordSetsResponse', { ChangeInfo: changeXml(changeId, change) })
}

function readBatch(input: string, action: string): Element {
  try {
    return parseXml(input)
  } catch (error) {
    refuseAs('MalformedInput', action, error instanceof Error ? error.message : String(error))
  }
}

const changeXml = (id: string, { at, pending }: Change): Content => ({
  Id: `/change/${id}`,
  Status: pending > 0 ? 'PENDING' : 'INSYNC',
  SubmittedAt: at,
})

function getChange({ operands: [id = ''], state }: Call<Route53>, action: string): Answer {
  const change =
    state.changes[id] ?? refuseAs('NoSuchChange', action, `Could not find resource with ID: ${id}`)
  const answer = document('GetChangeResponse', { ChangeInfo: changeXml(id, change) })
  change.pending = Math.max(0, change.pending - 1)
  return answer
}
