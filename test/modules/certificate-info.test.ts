import { writeFileSync } from 'node:fs'
import { createServer as createTcp } from 'node:net'
import { join } from 'node:path'
import { createSecureContext, createServer, type TlsOptions } from 'node:tls'
import { afterAll, describe, expect, test } from 'vitest'
import { issueCertificate } from '#doubles/pki/x509.ts'
import certificateInfo from '#modules/certificate-info.ts'
import { kubeconfigFor } from '../support/kube-api.ts'
import { listening } from '../support/listening.ts'
import { openModuleBench } from '../support/module.ts'

const bench = openModuleBench()
afterAll(() => bench.close())

const day = 86_400_000
const at = (name: string) => join(bench.folder, name)
const issue = (days: number, sans: readonly string[] = []) =>
  issueCertificate({
    commonName: 'site',
    organizations: ['us'],
    sans,
    notBefore: new Date(Date.now() - 100 * day),
    notAfter: new Date(Date.now() + days * day + 3600_000),
  })

const ask = async (args: object) => (await bench.converge(certificateInfo, args)).result

describe('certificate_info', () => {
  test('tells whose a certificate is and until when', async () => {
    writeFileSync(at('a.pem'), issue(90, ['site.example.com', '10.0.0.1']).cert)
    const { data, warnings } = await ask({ path: [at('a.pem')] })
    expect(data).toMatchObject({ days_left: 90, expires_soon: false, missing: [] })
    expect(data?.['certificates']).toMatchObject([
      {
        path: at('a.pem'),
        subject: 'O=us, CN=site',
        names: ['site.example.com', '10.0.0.1'],
        expired: false,
        sha256: /^[0-9a-f]{64}$/,
      },
    ])
    expect(warnings).toEqual([])
  })

  test('asks servers, by name, and names those that show none', async () => {
    const { cert, key } = issue(30, ['site.example.com'])
    const other = issue(60, ['other.example.com'])
    const SNICallback: TlsOptions['SNICallback'] = (name, answer) =>
      answer(null, name === 'other.example.com' ? createSecureContext(other) : undefined)
    const { port } = await listening(createServer({ cert, key, SNICallback }, (socket) => socket.end()))
    const silent = await listening(createTcp((socket) => socket.end()))
    const address = [`127.0.0.1:${port}`, `127.0.0.1:${silent.port}`]
    const { data } = await ask({ address })
    expect(data).toMatchObject({ days_left: 30, missing: [address[1]] })
    const named = await ask({ address: address[0], server_name: 'other.example.com', warn_days: 61 })
    expect(named.data).toMatchObject({ expires_soon: true, certificates: [{ names: ['other.example.com'] }] })
    await expect(ask({})).rejects.toThrow('Give `path` or `address`.')
  })

  test('warns of those that expire soon or have expired, and names files that are missing', async () => {
    writeFileSync(at('soon.pem'), issue(10).cert)
    writeFileSync(at('old.pem'), issue(-5).cert)
    const { data, warnings } = await ask({ path: [at('soon.pem'), at('old.pem'), at('none.pem')] })
    expect(data).toMatchObject({ expires_soon: true, missing: [at('none.pem')] })
    expect(warnings?.[0]).toMatch(/soon.pem expires in 10 days/)
    expect(warnings?.[1]).toMatch(/old.pem has expired/)
  })

  test('reads chains, and the certificate inside of a kubeconfig without its key', async () => {
    const [own, authority] = [issue(50), issue(500)]
    writeFileSync(at('chain.pem'), own.cert + authority.cert)
    writeFileSync(at('admin.conf'), kubeconfigFor(6443, authority, own))
    expect((await ask({ path: [at('chain.pem')] })).data?.['certificates']).toHaveLength(2)
    const { data } = await ask({ path: [at('admin.conf')] })
    expect(data).toMatchObject({ days_left: 50 })
    expect(JSON.stringify(data)).not.toContain('PRIVATE')
  })

  test('refuses what holds no certificate', async () => {
    writeFileSync(at('empty'), 'nothing')
    writeFileSync(at('broken'), '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n')
    await expect(ask({ path: [at('empty')] })).rejects.toThrow(/holds no certificate/)
    await expect(ask({ path: [at('broken')] })).rejects.toThrow(/cannot be read/)
  })
})
