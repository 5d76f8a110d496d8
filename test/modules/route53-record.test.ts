import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { readCalls } from '#doubles/calls.ts'
import { DoubleHost } from '#doubles/host.ts'
import route53Record from '#modules/route53-record.ts'
import { withoutAws } from '../support/no-aws.ts'
import { labZone, type Route53Service, startRoute53 } from '../support/route53.ts'
import { withBench } from '../support/with-bench.ts'

withoutAws()
const bench = withBench()
let service: Route53Service
beforeAll(async () => {
  service = await startRoute53()
})
afterAll(() => service.close())

/** What was slept for, in milliseconds; time passes by sleeping alone. */
let slept: number[]
beforeEach(() => {
  slept = []
})

const key = { access_key: 'lab', secret_key: 'lab' }
const controller = {
  env: {},
  now: () => new Date(slept.reduce((sum, one) => sum + one, 0)),
  sleep: async (milliseconds: number) => void slept.push(milliseconds),
}
const about = (args: Record<string, unknown>) => ({
  zone_id: labZone.id,
  endpoint: service.endpoint,
  ...key,
  ...args,
})
const converge = (args: Record<string, unknown>) =>
  bench().converge(route53Record, about(args), { controller })
const run = (args: Record<string, unknown>, more: object = {}) =>
  bench().run(route53Record, about(args), { controller, ...more })

const address = { name: 'demo.example.com', values: ['10.10.0.220'] }

test('makes a record, waits until all servers have it, changes it and takes it away, each once', async () => {
  const made = await converge(address)
  expect(made.changes).toEqual([
    {
      field: 'values',
      before: undefined,
      after: '10.10.0.220',
      diff: {
        path: 'demo.example.com.',
        before: undefined,
        after: 'demo.example.com. 300 IN A 10.10.0.220\n',
      },
    },
    { field: 'ttl', before: undefined, after: 300 },
  ])
  expect(slept).toEqual([1000])
  const longer = await converge({ ...address, ttl: 600, wait: false })
  expect(longer.changes.map(({ field }) => field)).toEqual(['ttl'])
  expect(slept).toEqual([1000])
  const gone = await converge({ name: 'demo.example.com', state: 'absent' })
  expect(gone.changes[0]).toMatchObject({ before: '10.10.0.220', after: undefined })
})

test.each([
  ['*.Example.com.', 'CNAME', ['Demo.example.com']],
  ['_acme-challenge.demo.example.com', 'TXT', ['a "quoted" \\ text', 'é', 'x'.repeat(300)]],
  ['six.example.com', 'AAAA', ['2001:DB8:0:0::1', 'fe80::1']],
  ['many.example.com', 'A', ['10.0.0.2', '10.0.0.1', '10.0.0.2']],
])('knows %s %s again, however it is written', async (name, type, values) => {
  await converge({ name, type, values, wait: false })
})

test('finds a zone by its name', async () => {
  const record = { zone_id: undefined, name: 'named.example.com', values: ['10.0.0.1'], wait: false }
  await converge({ ...record, zone: 'Example.com' })
  await expect(run({ ...record, zone: 'example.org' })).rejects.toThrow(
    'There is no public hosted zone example.org.',
  )
  await expect(run(record)).rejects.toThrow('give `zone_id` or `zone`')
})

test('asks before and after a change, and not meanwhile', async () => {
  const calls = async () => (await readCalls(new DoubleHost(service.root).folder)).trim().split('\n')
  const before = (await calls()).length
  await run({ name: 'few.example.com', values: ['10.0.0.1'], wait: false })
  const actions = (await calls()).slice(before).map((line) => JSON.parse(line).argv[1])
  expect(actions).toEqual(['ListResourceRecordSets', 'ChangeResourceRecordSets', 'ListResourceRecordSets'])
})

test('only says what would change in check mode', async () => {
  const planned = await run({ name: 'plan.example.com', values: ['10.0.0.1'] }, { mode: 'check' })
  expect(planned.changes).toHaveLength(2)
  expect((await service.call(`ListResourceRecordSets ${labZone.id}`)).stdout).not.toContain('plan')
})

test('tries again what Route53 has no time for, and gives up on a change that does not arrive', async () => {
  const busy = 'Throttling: Rate exceeded'
  await service.fault({ words: ['ChangeResourceRecordSets'], stderr: busy, times: 2 })
  await run({ name: 'busy.example.com', values: ['10.0.0.1'], wait: false })
  expect(slept).toEqual([1000, 2000])
  await service.fault({
    words: ['ChangeResourceRecordSets'],
    stderr: 'PriorRequestNotComplete: wait',
    times: 6,
  })
  await expect(run({ name: 'never.example.com', values: ['10.0.0.1'] })).rejects.toThrow(
    'PriorRequestNotComplete',
  )
  const pending = '<ChangeInfo><Id>/change/C1</Id><Status>PENDING</Status></ChangeInfo>'
  const stdout = `<GetChangeResponse>${pending}</GetChangeResponse>`
  await service.fault({ words: ['GetChange'], exit: 0, stdout })
  await expect(run({ name: 'never.example.com', values: ['10.0.0.1'], wait_timeout: 20 })).rejects.toThrow(
    'not all of its servers have it after 23 s',
  )
  expect(slept.slice(-5)).toEqual([1000, 2000, 4000, 8000, 8000])
  await service.clear()
})

test.each([
  [{ secret_key: 'other' }, 'AWS does not take the key'],
  [{ access_key: 'other' }, 'AWS does not take the key'],
  [{ secret_key: '' }, 'give both `access_key` and `secret_key`'],
  [{ zone_id: 'Z0NONE' }, 'There is no hosted zone Z0NONE in the account'],
  [{ endpoint: 'http://127.0.0.1:9' }, 'Route53 was not reached at 127.0.0.1'],
  [{ values: [] }, 'needs `values`'],
  [{ values: ['nowhere'] }, '"nowhere" is no value of a record of type A'],
  [{ name: 'demo.example.org' }, 'is not permitted in zone example.com.'],
])('says what to do about %j', async (args, message) => {
  await expect(run({ ...address, ...args })).rejects.toThrow(message)
})

test('says which permission a key lacks, and that there is no key', async () => {
  const denied = 'AccessDenied: User: lab is not authorized to perform: route53:ListResourceRecordSets'
  await service.fault({ words: ['ListResourceRecordSets'], stderr: denied, times: 1 })
  await expect(run(address)).rejects.toThrow('It needs route53:ListResourceRecordSets')
  await expect(run({ ...address, access_key: '', secret_key: '' })).rejects.toThrow(
    'There are no AWS credentials on this machine',
  )
})

test('takes the key and the service from the environment', async () => {
  const env = { AWS_ACCESS_KEY_ID: 'lab', AWS_SECRET_ACCESS_KEY: 'lab', AWS_ENDPOINT_URL: service.endpoint }
  const args = { ...address, access_key: '', secret_key: '', endpoint: '' }
  expect((await run(args, { mode: 'check', controller: { ...controller, env } })).changes).not.toEqual([])
})

test('leaves records alone that are more than values', async () => {
  const alias = `<ListResourceRecordSetsResponse xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><ResourceRecordSets>
<ResourceRecordSet><Name>demo.example.com.</Name><Type>A</Type><AliasTarget><HostedZoneId>Z1</HostedZoneId>
<DNSName>other.example.com.</DNSName><EvaluateTargetHealth>false</EvaluateTargetHealth></AliasTarget></ResourceRecordSet>
</ResourceRecordSets><IsTruncated>false</IsTruncated><MaxItems>1</MaxItems></ListResourceRecordSetsResponse>`
  await service.fault({ words: ['ListResourceRecordSets'], stdout: alias, exit: 0, times: 1 })
  await expect(run(address)).rejects.toThrow('is an alias in Route53')
})
