import { readFile } from 'node:fs/promises'
import { Refusal } from '../answer.ts'
import type { DoubleHost } from '../host.ts'
import { hasKeys, type StateKind } from '../store.ts'
import type { RecordSet } from './record-set.ts'

export interface Zone {
  readonly name: string
  records: RecordSet[]
}

export interface Change {
  readonly at: string
  /** How many more answers say PENDING. */
  pending: number
}

export interface Route53 {
  /** By their ids. */
  zones: Record<string, Zone>
  changes: Record<string, Change>
  /** Secrets of access keys by their ids; without any, all keys are taken. */
  keys: Record<string, string>
  isBegun: boolean
}

export const route53State: StateKind<Route53> = {
  family: 'route53',
  initial: () => ({ zones: {}, changes: {}, keys: {}, isBegun: false }),
  isState: (value): value is Route53 => hasKeys(value, 'zones', 'changes', 'keys', 'isBegun'),
}

/** `{ "zones": { "Z0123456789": "example.com" }, "keys": { "id": "secret" } }`: the account at its beginning. */
export const accountFile = '/etc/tsplay-lab/route53.json'

/** Gives a new state its zones and keys. */
export async function begin(state: Route53, host: DoubleHost): Promise<Route53> {
  if (state.isBegun) return state
  const text = await readFile(host.path(accountFile), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '{}'
    throw error
  })
  const account: { zones?: Record<string, string>; keys?: Record<string, string> } = JSON.parse(text)
  for (const [id, name] of Object.entries(account.zones ?? {})) state.zones[id] = newZone(name)
  state.keys = account.keys ?? {}
  state.isBegun = true
  return state
}

/** Each zone is made with these two (CreateHostedZone). */
function newZone(domain: string): Zone {
  const name = `${domain.replace(/\.$/, '').toLowerCase()}.`
  const servers = ['ns-1.awsdns-00.com.', 'ns-1024.awsdns-00.org.']
  const soa = `${servers[0]} awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400`
  return {
    name,
    records: [
      { name, type: 'NS', ttl: 172_800, values: servers },
      { name, type: 'SOA', ttl: 900, values: [soa] },
    ],
  }
}

/** Ends a call as the AWS CLI says it. */
export function refuseAs(code: string, action: string, message: string): never {
  throw new Refusal({
    exit: 254,
    stderr: `An error occurred (${code}) when calling the ${action} operation: ${message}\n`,
  })
}

export function zoneOf(state: Route53, id: string, action: string): Zone {
  return state.zones[id] ?? refuseAs('NoSuchHostedZone', action, `No hosted zone found with ID: ${id}`)
}
