import { execFile } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { runCommand } from '#lab/run-command.ts'

// The whole platform on throwaway hosts, from nothing to a page behind HTTPS, by the commands that its users type.

const root = join(import.meta.dirname, '../..')
const project = await mkdtemp(join(tmpdir(), 'tsplay-platform-'))
const call = promisify(execFile)

/** What Debian's packages cost is seen elsewhere: they are in a layer, which is made once for all hosts that need it. */
const layered = { 'control-node': ['docker'], 'docker-host': ['docker'] }
const layers = {
  tools: { packages: ['curl', 'git', 'jq', 'unzip'] },
  docker: { packages: ['docker.io', 'git', 'jq', 'unzip', 'curl'] },
}
const settings = [
  '-e',
  '{"control_node_packages": [git, docker.io, curl, jq, unzip]}',
  '-e',
  '{"k8s_node_runtime_packages": []}',
  '-e',
  JSON.stringify({ control_node_tsplay: root }),
]

interface Ended {
  readonly code: number
  readonly text: string
}

/** Runs tsplay in the project; what it prints is kept for those who have to find out why. */
async function tsplay(...words: readonly string[]): Promise<Ended> {
  const options = { cwd: project, maxBuffer: 64 * 2 ** 20 }
  return call(join(root, 'bin/tsplay'), words, options).then(
    ({ stdout, stderr }) => ({ code: 0, text: stdout + stderr }),
    (error: { code: number; stdout: string; stderr: string }) => ({
      code: error.code,
      text: error.stdout + error.stderr,
    }),
  )
}

interface Recap {
  readonly hosts: Readonly<Record<string, { readonly changed: number; readonly failed: number }>>
  readonly flights_by_host: Readonly<Record<string, number>>
}

interface Played {
  readonly code: number
  readonly recap: Recap
  /** `host: task` of what changed, or would. */
  readonly changed: readonly string[]
  readonly text: string
  /** What its tasks said, a line each. */
  readonly said: string
}

async function play(playbook: string, ...options: readonly string[]): Promise<Played> {
  const words = [
    'run',
    `playbooks/${playbook}.yml`,
    '-i',
    'inventory/lab',
    ...settings,
    '--output',
    'json',
    ...options,
  ]
  const { code, text } = await tsplay(...words)
  const events = text
    .trimEnd()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))
  const recap = events.find(({ type }) => type === 'recap')
  const tasks = events.filter(({ type, changed }) => type === 'task' && changed)
  const failed = events.filter(({ status }) => status === 'failed').map((event) => JSON.stringify(event))
  return {
    code,
    recap,
    changed: tasks.map(({ host, task }) => `${host}: ${task}`),
    said: events.flatMap(({ msg }) => (typeof msg === 'string' ? [msg] : [])).join('\n'),
    text: code === 0 ? '' : failed.join('\n') || text,
  }
}

/** What a shell of root prints there. */
const on = async (host: string, script: string): Promise<string> => {
  const ssh = ['ssh', '-F', join(project, '.tsplay/lab/platform/ssh_config'), '-o', 'BatchMode=yes', host]
  return (await runCommand([...ssh, 'sudo', 'sh'], { input: script })).trim()
}

beforeAll(async () => {
  // A project of its own, so that its runs are not recorded in ours; the inventory finds the lab beside itself.
  await cp(join(root, 'inventory'), join(project, 'inventory'), { recursive: true, verbatimSymlinks: true })
  for (const folder of ['playbooks', 'roles', 'lab']) await symlink(join(root, folder), join(project, folder))
  const lab = parse(await readFile(join(root, 'lab-platform.yml'), 'utf8'))
  for (const [name, host] of Object.entries<Record<string, unknown>>(lab.hosts)) {
    if (!['pve', 'internet'].includes(name))
      host['layers'] = Object.hasOwn(layered, name) ? ['docker'] : ['tools']
  }
  await writeFile(
    join(project, 'lab.yml'),
    stringify({ ...lab, layers: { ...lab.layers, ...layers }, packages: ['kubernetes-client'] }),
  )
  const up = await tsplay('lab', 'up', '--lab', 'platform')
  expect(up.code, up.text).toBe(0)
})
afterAll(async () => {
  await tsplay('lab', 'down', '--lab', 'platform')
  await rm(project, { recursive: true })
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
    const { code, text } = await play('site')
    expect(code, text).toBe(0)
  })

  it('changes nothing on any host the second time, in a handful of flights', async () => {
    const { code, recap, changed, text } = await play('site')
    expect(code, text).toBe(0)
    expect(changed).toEqual([])
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
