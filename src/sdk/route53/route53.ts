import type {
  ListHostedZonesByNameCommandInput,
  ListHostedZonesByNameCommandOutput,
  ResourceRecordSet,
} from '@aws-sdk/client-route-53'
import type { Controller } from '../controller.ts'
import { TaskFailure } from '../module.ts'
import { type RecordType, recordName, recordValue } from './record-text.ts'
import { loadRoute53, route53Client } from './route53-access.ts'
import type { Route53Args } from './route53-args.ts'
import { route53Failure } from './route53-failure.ts'

/** All records of one name and type, in Route53's own spelling; values are sorted. */
export interface RecordSet {
  readonly name: string
  readonly type: RecordType
  readonly ttl: number
  readonly values: readonly string[]
}

export interface Route53 {
  /** The set of this name and type; undefined when there is none. Throws TaskFailure for a set that has no values of its own. */
  find(name: string, type: RecordType): Promise<RecordSet | undefined>
  /** Gives the id of the change. */
  change(action: 'UPSERT' | 'DELETE', set: RecordSet): Promise<string>
  /** Whether all servers have a change. */
  isInSync(change: string): Promise<boolean>
  close(): void
}

type Surroundings = Pick<Controller, 'env' | 'sleep'>

/** One hosted zone. What goes wrong is a TaskFailure that says what to do; the caller closes it. */
export async function openRoute53(
  args: Route53Args,
  { env, sleep }: Surroundings,
  signal?: AbortSignal,
): Promise<Route53> {
  const sdk = await loadRoute53()
  const client = route53Client(sdk, args, env)
  const options = signal === undefined ? {} : { abortSignal: signal }
  const ask = async <Answer>(send: () => Promise<Answer>): Promise<Answer> => {
    try {
      return await patiently(send, (milliseconds) => sleep(milliseconds, signal))
    } catch (error) {
      const endpoint = (await client.config.endpoint?.())?.hostname ?? 'route53.amazonaws.com'
      throw route53Failure(error, { zone: args.zone_id ?? args.zone ?? '', endpoint })
    }
  }
  let asked: Promise<string> | undefined
  const named = () =>
    zoneNamed(args.zone, (request) => client.send(new sdk.ListHostedZonesByNameCommand(request), options))
  const zoneId = async (): Promise<string> => {
    if (args.zone_id !== undefined) return bareId(args.zone_id)
    asked ??= ask(named)
    return asked
  }
  return {
    async find(name, type) {
      // The list begins at the first set that is not before this one: it may be another.
      const first = {
        HostedZoneId: await zoneId(),
        StartRecordName: name,
        StartRecordType: type,
        MaxItems: 1,
      }
      const answer = await ask(() => client.send(new sdk.ListResourceRecordSetsCommand(first), options))
      const [found] = answer.ResourceRecordSets ?? []
      return found && recordName(found.Name ?? '') === name && found.Type === type
        ? readSet(found, { name, type })
        : undefined
    },
    async change(action, set) {
      const Changes = [{ Action: action, ResourceRecordSet: writtenSet(set) }]
      const ChangeBatch = { Changes, ...(args.comment !== undefined && { Comment: args.comment }) }
      const request = { HostedZoneId: await zoneId(), ChangeBatch }
      const answer = await ask(() => client.send(new sdk.ChangeResourceRecordSetsCommand(request), options))
      return answer.ChangeInfo?.Id ?? ''
    },
    async isInSync(id) {
      const answer = await ask(() => client.send(new sdk.GetChangeCommand({ Id: id }), options))
      return answer.ChangeInfo?.Status === 'INSYNC'
    },
    close: () => client.destroy(),
  }
}

const bareId = (id: string): string => id.replace(/^\/?hostedzone\//, '')

type AskForZones = (request: ListHostedZonesByNameCommandInput) => Promise<ListHostedZonesByNameCommandOutput>

/** The id of the public zone of a name. */
async function zoneNamed(domain: string | undefined, send: AskForZones): Promise<string> {
  if (domain === undefined) throw new TaskFailure('Say which hosted zone: give `zone_id` or `zone`.')
  const name = recordName(domain)
  const { HostedZones = [] } = await send({ DNSName: name, MaxItems: 100 })
  const found = HostedZones.filter((one) => recordName(one.Name ?? '') === name && !one.Config?.PrivateZone)
  const [zone, ...others] = found.map(({ Id = '' }) => bareId(Id))
  if (zone !== undefined && others.length === 0) return zone
  throw new TaskFailure(
    zone === undefined
      ? `There is no public hosted zone ${name} in the account of this key.`
      : `There are several hosted zones ${name}: ${found.map(({ Id = '' }) => bareId(Id)).join(', ')}. Choose one by \`zone_id\`.`,
  )
}

/** Refused without anything having been done: five requests a second and account, one change at a time and zone. */
const passing = ['Throttling', 'ThrottlingException', 'PriorRequestNotComplete']
const mostTries = 6

async function patiently<Answer>(
  send: () => Promise<Answer>,
  sleep: (milliseconds: number) => Promise<void>,
): Promise<Answer> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await send()
    } catch (error) {
      if (!(error instanceof Error && passing.includes(error.name)) || tries === mostTries) throw error
    }
    await sleep(500 * 2 ** tries)
  }
}

function readSet(found: ResourceRecordSet, { name, type }: Pick<RecordSet, 'name' | 'type'>): RecordSet {
  const kind = found.AliasTarget
    ? 'an alias'
    : found.SetIdentifier && `one of several (${found.SetIdentifier})`
  if (kind) {
    throw new TaskFailure(
      `${name} ${type} is ${kind} in Route53, which this module neither makes nor changes. Remove it there, or choose another name.`,
    )
  }
  const values = (found.ResourceRecords ?? []).map(({ Value = '' }) => recordValue(type, Value))
  return { name, type, ttl: found.TTL ?? 0, values: values.toSorted() }
}

const writtenSet = ({ name, type, ttl, values }: RecordSet): ResourceRecordSet => ({
  Name: name,
  Type: type,
  TTL: ttl,
  ResourceRecords: values.map((Value) => ({ Value })),
})
