import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { issueCertificate } from '#doubles/pki/x509.ts'
import certificateInfo from '#modules/certificate-info.ts'
import { kubeconfigFor } from '../support/kube-api.ts'
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
