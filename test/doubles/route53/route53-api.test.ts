import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readCalls } from '#doubles/calls.ts'
import { DoubleHost } from '#doubles/host.ts'
import { labZone, type Route53Service, startRoute53 } from '../../support/route53.ts'

let service: Route53Service
beforeAll(async () => {
  service = await startRoute53()
})
afterAll(() => service.close())

const change = (action: string, name: string, value: string) =>
  `<Change><Action>${action}</Action><ResourceRecordSet><Name>${name}</Name><Type>A</Type><TTL>60</TTL><ResourceRecords>
<ResourceRecord><Value>${value}</Value></ResourceRecord></ResourceRecords></ResourceRecordSet></Change>`
const batch = (...changes: readonly string[]) =>
  `<?xml version="1.0"?><ChangeResourceRecordSetsRequest xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><ChangeBatch>
<Changes>${changes.join('')}</Changes></ChangeBatch></ChangeResourceRecordSetsRequest>`
const list = async (options = ''): Promise<string> =>
  (await service.call(`ListResourceRecordSets ${labZone.id}${options}`)).stdout ?? ''
const namesIn = (text: string) => [...text.matchAll(/<Name>([^<]*)/g)].map(([, name]) => name)

describe('the double of Route53', () => {
  test('lists records by name from the right, in pages', async () => {
    const made = ['b.a', '*', 'a.b'].map((name) => change('CREATE', `${name}.example.com`, '10.0.0.1'))
    const answer = await service.call(`ChangeResourceRecordSets ${labZone.id}`, batch(...made))
    expect(answer.stdout).toContain('<Status>PENDING</Status>')
    const names = [
      'example.com.',
      'example.com.',
      '\\052.example.com.',
      'b.a.example.com.',
      'a.b.example.com.',
    ]
    expect(namesIn(await list())).toEqual(names)
    const page = await list(' --maxitems=2 --name=*.EXAMPLE.com')
    expect(namesIn(page)).toEqual(names.slice(2, 4))
    expect(page).toContain('<IsTruncated>true</IsTruncated><NextRecordName>a.b.example.com.</NextRecordName>')
  })

  test('says of a change first that it is pending, then that it has arrived', async () => {
    const { stdout = '' } = await service.call(
      `ChangeResourceRecordSets ${labZone.id}`,
      batch(change('UPSERT', 'c.example.com', '10.0.0.1')),
    )
    const [, id] = /<Id>\/change\/(\w+)/.exec(stdout) ?? []
    expect((await service.call(`GetChange ${id}`)).stdout).toContain('PENDING')
    expect((await service.call(`GetChange ${id}`)).stdout).toContain('INSYNC')
    expect((await service.call('GetChange C0')).stderr).toContain('(NoSuchChange)')
  })

  test('makes all changes of a request or none', async () => {
    const before = await list()
    const wrong = [
      change('DELETE', 'gone.example.com', '10.0.0.1'),
      change('CREATE', 'b.a.example.com', '10.0.0.1'),
      change('UPSERT', 'd.example.com', 'no address'),
      change('UPSERT', 'e.example.com', '10.0.0.1'),
    ]
    const { exit, stderr } = await service.call(`ChangeResourceRecordSets ${labZone.id}`, batch(...wrong))
    expect(exit).toBe(254)
    for (const said of ['but it was not found', 'but it already exists', 'not a valid IPv4 address'])
      expect(stderr).toContain(said)
    expect(await list()).toBe(before)
  })

  test('answers nobody who has not signed, and remembers calls like those of programs', async () => {
    const { status } = await fetch(`${service.endpoint}/2013-04-01/hostedzone`)
    expect(status).toBe(403)
    const calls = await readCalls(new DoubleHost(service.root).folder)
    expect(calls).toContain('"argv":["route53","ListResourceRecordSets","Z0LAB"]')
  })
})
