import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { filesOfHosts } from '../support/lab-files.ts'
import { makePlatform, type PlatformRun, settledTelling } from '../support/platform.ts'
import { toldByHost } from '../support/told-by-host.ts'

// The whole platform on throwaway hosts, from nothing to a page behind HTTPS, by the commands that its users type.

const platform = await makePlatform()
const { project, tsplay, play, on } = platform

/** What the first two runs of the site told, and the files that they left. */
const told: ReturnType<typeof tellingOf>[] = []
let files: ReturnType<typeof filesOfHosts> = {}

const tellingOf = ({ events, recap }: PlatformRun) => ({
  events: toldByHost(events, settledTelling),
  counters: recap.hosts,
})

beforeAll(async () => {
  const up = await platform.up()
  expect(up.code, up.text).toBe(0)
})
afterAll(async () => {
  await platform.down()
  await platform.remove()
})

const otherChecksum = { kubernetes_manifest_overrides: { 'cert-manager': { sha256: '0'.repeat(64) } } }

describe('the platform', () => {
  it('is planned on hosts that have nothing of it: what would change, what is unknown, and no failure', async () => {
    const { code, recap, changed, text } = await play('site', '--check')
    expect(code, text).toBe(0)
    expect(changed).toContain('k8s-cp01: Set the control plane up')
    expect(Object.values(recap.hosts).map(({ failed }) => failed)).toEqual([0, 0, 0, 0, 0, 0])
    expect(await on('k8s-cp01', 'ls -A /etc/kubernetes /etc/crictl.yaml 2>/dev/null || true')).toBe('')
    expect(await on('pve', 'zpool list')).toBe('no pools available')
  })

  it.each([
    ['apps', 'certificates', { cert_manager_access_key_id: '' }, 'There is no key for Route53'],
    ['apps', 'certificates', { cert_manager_secret_access_key: 'other' }, 'AWS does not take the key'],
    ['apps', 'demo', { demo_app_secret_access_key: 'other' }, 'AWS does not take the key'],
    ['apps', 'certificates', { kubernetes_manifest_overrides: {} }, 'cert-manager v1.16.5 has no checksum'],
    ['apps', 'certificates', otherChecksum, 'is not the file that was pinned'],
    ['proxmox', 'vms', { vm_host_memory_mb: 16_000 }, 'Give machines less, or have fewer'],
    ['proxmox', 'storage', { zfs_pools: [{ name: 'tonk' }] }, 'There is no pool tonk'],
  ])('stops before harm: playbook %s, tag %s, with %j: "%s"', async (playbook, tag, vars, message) => {
    const { code, changed, text } = await play(playbook, '--tags', tag, '-e', JSON.stringify(vars))
    expect(code, text).toBe(2)
    expect(text).toContain(message)
    expect(changed).toEqual([])
  })

  it('stops before any host is touched when the key may not change DNS', async () => {
    const said = 'AccessDenied: User: lab is not authorized to perform: route53:ListResourceRecordSets'
    const fault = ['fault', '--lab', 'platform', 'internet', 'route53', 'ListResourceRecordSets']
    const set = await tsplay('lab', ...fault, '--exit', '254', '--stderr', said, '--times', '1')
    expect(set.code, set.text).toBe(0)
    const { code, text, recap } = await play('site')
    expect(code, text).toBe(2)
    expect(text).toContain('It needs route53:ListResourceRecordSets and route53:ChangeResourceRecordSets')
    expect(recap.flights_by_host).toEqual({ 'k8s-cp01': 0 })
  })

  it('is built', async () => {
    const run = await play('site')
    expect(run.code, run.text).toBe(0)
    told.push(tellingOf(run))
  })

  it('changes nothing on any host the second time, in a handful of flights', async () => {
    const run = await play('site')
    const { code, recap, changed, text } = run
    expect(code, text).toBe(0)
    expect(changed).toEqual([])
    told.push(tellingOf(run))
    files = filesOfHosts(platform.hosts)
    // One to connect and eight to ask.
    expect(
      Math.max(...Object.values(recap.flights_by_host)),
      JSON.stringify(recap.flights_by_host),
    ).toBeLessThanOrEqual(9)
  })

  it('answers at the name that DNS leads to, by HTTPS that the authority vouches for, with a page of a pod', async () => {
    const name = 'demo.alphonzojonesjr.com'
    const root = await on('internet', 'acme root')
    const answer = await on(
      'control-node',
      `echo 'nameserver 10.10.0.53' >/etc/resolv.conf
cat >/tmp/root.pem <<'END'\n${root}\nEND
curl -sSi -m 20 --cacert /tmp/root.pem https://${name}/`,
    )
    expect(answer).toMatch(/^HTTP\/1.1 200 OK\r\n[\s\S]*x-pod: web-[\s\S]*Welcome to nginx!/)
  })

  it('is healthy in every layer', async () => {
    const { code, text } = await play('status')
    expect(code, text).toBe(0)
  })

  it('answers on when the host that speaks for its address loses power, and is whole when it is back', async () => {
    const speaker = "ip -o -4 addr show dev eth0 | grep -c '10.10.0.220/32' || true"
    const speakers: string[] = []
    for (const host of ['k8s-worker01', 'k8s-worker02'])
      if ((await on(host, speaker)) === '1') speakers.push(host)
    expect(speakers).toHaveLength(1)
    const [dead = ''] = speakers
    const status = () =>
      on(
        'control-node',
        "curl -sS -o /dev/null -w '%{http_code}' -m 10 --cacert /tmp/root.pem https://demo.alphonzojonesjr.com/ || true",
      )
    expect(await status()).toBe('200')
    const cut = await tsplay('lab', 'kill', '--lab', 'platform', dead)
    expect(cut.code, cut.text).toBe(0)
    await expect.poll(status, { timeout: 60_000 }).toBe('200')
    const back = await tsplay('lab', 'reboot', '--lab', 'platform', dead)
    expect(back.code, back.text).toBe(0)
    await expect.poll(async () => (await play('status')).code, { timeout: 120_000, interval: 1000 }).toBe(0)
  })

  it('renews its certificate by itself before it ends, and shows the new one', async () => {
    const ask = `curl -sS -o /dev/null -w '%{certs}' --cacert /tmp/root.pem https://demo.alphonzojonesjr.com/ || true`
    const shown = async () => {
      const text = await on('control-node', ask)
      const found = (mark: string) => new RegExp(`^${mark}:(.*)$`, 'm').exec(text)?.[1] ?? ''
      return {
        serial: found('Serial Number'),
        days: (Date.parse(found('Expire date')) - Date.now()) / 86_400_000,
      }
    }
    const first = await shown()
    expect(first.days).toBeGreaterThan(89)
    await on('internet', 'acme lifetime 30s')
    await writeFile(join(project, 'again.yml'), stringify([earlyRenewal]))
    const again = await tsplay('run', 'again.yml', '-i', 'inventory/lab')
    expect(again.code, again.text).toBe(0)
    // Nobody does anything from here on but wait, and the authority goes back to what it is used to.
    await expect.poll(async () => (await shown()).days, { timeout: 60_000 }).toBeLessThan(1)
    const short = await shown()
    await on('internet', 'acme lifetime 90d')
    await expect.poll(async () => (await shown()).days, { timeout: 120_000 }).toBeGreaterThan(89)
    const renewed = await shown()
    expect(new Set([first.serial, short.serial, renewed.serial]).size).toBe(3)
    const { code, text, said } = await play('status')
    expect(code, text).toBe(0)
    const end = new Date(Date.now() + renewed.days * 86_400_000).toISOString().slice(0, 10)
    expect(said).toContain(`The certificate of 10.10.0.220:443 for demo.alphonzojonesjr.com ends on ${end}`)
  })

  it('is mended where it was damaged, and plan says so before', async () => {
    await on('k8s-worker01', 'sysctl -q -w net.ipv4.ip_forward=0')
    await on('k8s-worker02', 'systemctl stop kubelet')
    await on('pve', 'qm stop 105; qm set 105 --protection 0; qm destroy 105')
    await writeFile(join(project, 'damage.yml'), stringify([deletion]))
    const damaged = await tsplay('run', 'damage.yml', '-i', 'inventory/lab')
    expect(damaged.code, damaged.text).toBe(0)
    expect(damaged.text).not.toContain('unsettled')

    const expected = [
      'k8s-cp01: Run the application',
      'k8s-worker01: Keep kernel settings',
      'k8s-worker02: Join the cluster',
      'pve: Make machines',
    ]
    const planned = await play('site', '--check')
    expect(planned.code, planned.text).toBe(0)
    expect(planned.changed.toSorted()).toEqual(expected)
    const unwell = await play('status')
    expect(unwell.code).toBe(2)
    expect(unwell.text).toContain('the machine k8s-worker02 does not run')
    expect(unwell.text).toContain('Deployment web is not there')
    expect(unwell.text).toContain('it lacks kubelet, which does not run')
    const mended = await play('site')
    expect(mended.code, mended.text).toBe(0)
    expect(mended.changed.toSorted()).toEqual(expected)
    const well = await play('status')
    expect(well.code, well.text).toBe(0)
    expect(await on('k8s-worker01', 'cat /proc/sys/net/ipv4/ip_forward')).toBe('1')
    expect(await on('pve', 'qm status 105')).toBe('status: running')
  })

  it('goes up one minor version node by node, once', async () => {
    // As if the packages had come, and nothing had been restarted.
    const next = 'v1.29.15'
    const folder = '/var/lib/tsplay-lab/versions'
    for (const host of ['k8s-cp01', 'k8s-worker01', 'k8s-worker02'])
      await on(host, `mkdir -p ${folder}; for p in kubeadm kubelet; do echo ${next} > ${folder}/$p; done`)
    const words = ['-e', `kubernetes_version=${next}`, '-e', '{"k8s_node_packages": []}']
    const first = await play('upgrade-kubernetes', ...words)
    expect(first.code, first.text).toBe(0)
    expect(first.changed).toContain('k8s-cp01: Upgrade the control plane, or the configuration of the node')
    for (const host of ['k8s-worker01', 'k8s-worker02']) {
      expect(first.changed).toContain(`${host}: Start the new kubelet`)
      expect(first.changed).toContain(`${host}: Bring the node back`)
    }
    const again = await play('upgrade-kubernetes', ...words)
    expect(again.changed).toEqual([])
  })

  it('gives a node away that is named, and no other', async () => {
    const unnamed = await play('reset-kubernetes')
    expect(unnamed.changed).toEqual([])
    const named = await play('reset-kubernetes', '-e', '{"kubernetes_destroy": ["k8s-worker02"]}')
    expect(named.code, named.text).toBe(0)
    expect(named.changed).toEqual(
      ['Take the node out of service', 'Reset the node', 'Forget the node'].map(
        (task) => `k8s-worker02: ${task}`,
      ),
    )
    expect(await on('k8s-worker02', 'ls /etc/kubernetes/kubelet.conf 2>/dev/null || echo none')).toBe('none')
  })

  /** Decision 1: readahead changes when a question is asked, never what a task sees. */
  it('tells and leaves the same without readahead, the first time and the second', async () => {
    await platform.down()
    const up = await platform.up()
    expect(up.code, up.text).toBe(0)
    for (const before of told) {
      const run = await play('site', '--readahead', '0')
      expect(run.code, run.text).toBe(0)
      expect(tellingOf(run)).toEqual(before)
    }
    expect(told).toHaveLength(2)
    expect(filesOfHosts(platform.hosts)).toEqual(files)
  }, 600_000)
})

/** What lets cert-manager order a certificate before the one there is ends. */
const earlyRenewal = {
  hosts: 'k8s-cp01',
  become: true,
  gather_facts: false,
  tasks: [
    {
      name: 'Delete the certificate',
      k8s: {
        state: 'absent',
        definition: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'demo-tls', namespace: 'demo' } },
      },
    },
  ],
}

/** As somebody would by hand; kubectl is Debian's, of another version than the cluster. */
const deletion = {
  hosts: 'k8s-cp01',
  become: true,
  gather_facts: false,
  tasks: [
    { name: 'Install kubectl', apt: { name: 'kubernetes-client', install_recommends: false } },
    {
      name: 'Leave a note',
      k8s: {
        transport: 'kubectl',
        definition: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'note', namespace: 'default' } },
      },
    },
    {
      name: 'Delete the Deployment',
      k8s: {
        state: 'absent',
        transport: 'kubectl',
        definition: {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          metadata: { name: 'web', namespace: 'demo' },
        },
      },
    },
  ],
}
