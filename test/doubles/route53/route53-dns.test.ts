import type { Socket } from 'node:dgram'
import { Resolver } from 'node:dns/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { serveDns } from '#doubles/route53/route53-dns.ts'
import { labZone, type Route53Service, startRoute53 } from '../../support/route53.ts'

let service: Route53Service
let server: Socket
const resolver = new Resolver({ timeout: 5000, tries: 2 })
beforeAll(async () => {
  service = await startRoute53()
  server = await serveDns(service.root, { address: '127.0.0.1', port: 0 })
  resolver.setServers([`127.0.0.1:${server.address().port}`])
  const records = [
    ['www', 'A', '10.0.0.1', '10.0.0.2'],
    ['six', 'AAAA', '2001:db8::1:2'],
    ['*', 'CNAME', 'www.example.com'],
    ['text', 'TXT', `"a \\"quoted\\" text" "${'x'.repeat(250)}"`],
    ['deep.er', 'TXT', '"below"'],
  ].map(([name, type, ...values]) => {
    const all = values.map((value) => `<ResourceRecord><Value>${value}</Value></ResourceRecord>`).join('')
    const set = `<Name>${name}.example.com</Name><Type>${type}</Type><TTL>60</TTL><ResourceRecords>${all}</ResourceRecords>`
    return `<Change><Action>CREATE</Action><ResourceRecordSet>${set}</ResourceRecordSet></Change>`
  })
  const batch = `<C><ChangeBatch><Changes>${records.join('')}</Changes></ChangeBatch></C>`
  expect((await service.call(`ChangeResourceRecordSets ${labZone.id}`, batch)).stderr).toBeUndefined()
})
afterAll(async () => {
  server.close()
  await service.close()
})

describe('the name server of the double of Route53', () => {
  test('answers with the records of its zones', async () => {
    expect((await resolver.resolve4('WWW.example.com')).toSorted()).toEqual(['10.0.0.1', '10.0.0.2'])
    expect(await resolver.resolve6('six.example.com')).toEqual(['2001:db8::1:2'])
    expect(await resolver.resolveTxt('text.example.com')).toEqual([['a "quoted" text', 'x'.repeat(250)]])
    expect((await resolver.resolveSoa('example.com')).refresh).toBe(7200)
  })

  test('follows aliases, and wildcards where there is no such name', async () => {
    expect((await resolver.resolve4('any.thing.example.com')).toSorted()).toEqual(['10.0.0.1', '10.0.0.2'])
    expect(await resolver.resolveCname('some.example.com')).toEqual(['www.example.com'])
    await expect(resolver.resolve4('er.example.com')).rejects.toThrow('ENODATA')
    await expect(resolver.resolve4('x.er.example.com')).rejects.toThrow('ENOTFOUND')
  })

  test('says what it does not have, and what it does not know', async () => {
    await expect(resolver.resolve6('www.example.com')).rejects.toThrow('ENODATA')
    await expect(resolver.resolve4('example.org')).rejects.toThrow('EREFUSED')
  })
})
