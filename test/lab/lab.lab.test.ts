import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { bringUp } from '#lab/bring-up.ts'
import { type LabPlan, planLab } from '#lab/lab-plan.ts'
import { namedHost, simpleSpec } from '#lab/lab-spec.ts'
import { readRuntime } from '#lab/lab-state.ts'
import { labStatus } from '#lab/lab-status.ts'
import { runCommand } from '#lab/run-command.ts'
import { takeDown } from '#lab/take-down.ts'

const report = () => undefined
const project = await mkdtemp(join(tmpdir(), 'tsplay-lab-test-'))
const labOf = (name: string, hosts: readonly string[]): LabPlan =>
  planLab(project, simpleSpec(name, hosts.map(namedHost)))
const plan = labOf('one', ['web1', 'db1'])

/** Runs a script on a lab host the way a user would: OpenSSH with strict host keys. */
const on = (host: string, script: string, user = 'admin', input = ''): Promise<string> =>
  runCommand(
    ['ssh', '-F', join(plan.folder, 'ssh_config'), '-o', 'BatchMode=yes', `${user}@${host}`, script],
    { input },
  )

/** Everything on this machine that carries the lab's name. */
async function traces(lab: LabPlan): Promise<string[]> {
  const [mounts, namespaces, groups] = await Promise.all([
    readFile('/proc/self/mountinfo', 'utf8'),
    readdir('/run/netns'),
    runCommand(['find', '/sys/fs/cgroup', '-name', lab.id]),
  ])
  const folders = [lab.state, lab.folder, `${lab.state}.lock`].map((path) =>
    stat(path).then(
      () => [path],
      () => [],
    ),
  )
  return [
    ...mounts.split('\n').filter((line) => line.includes(lab.id)),
    ...namespaces.filter((name) => name.startsWith(lab.id)),
    ...groups.split('\n').filter(Boolean),
    ...(await Promise.all(folders)).flat(),
    ...(await processes(lab)),
  ]
}

async function processes(lab: LabPlan): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')))
  return lines.filter((line) => line.includes(lab.id) && !line.startsWith('find'))
}

const alive = async (lab: LabPlan) =>
  Object.values((await readRuntime(lab.state))?.hosts ?? {}).map((host) => host.process?.pid)

afterAll(async () => {
  await takeDown(plan)
  await rm(project, { recursive: true })
})

describe('a lab that is up', () => {
  beforeAll(() => bringUp(plan, { report }))

  it('lets its user in under the known host key, and to root without a password', async () => {
    expect(await on('web1', 'hostname; id -un; sudo -n id -un')).toBe('web1\nadmin\nroot\n')
  })

  it('has a user whose sudo asks for the password that the inventory names', async () => {
    const inventory = await readFile(join(plan.folder, 'inventory.yml'), 'utf8')
    const password = /lab_operator_password: "(.*)"/.exec(inventory)?.[1] ?? ''
    await expect(on('web1', 'sudo -n true', 'operator')).rejects.toThrow('password is required')
    expect(await on('web1', "sudo -S -p '' id -un", 'operator', `${password}\n`)).toBe('root\n')
  })

  it('keeps its key and inventory from other users', async () => {
    for (const file of ['id_ed25519', 'inventory.yml']) {
      expect((await stat(join(plan.folder, file))).mode & 0o077).toBe(0)
    }
  })

  it('runs systemd without a failed unit', async () => {
    expect(await on('db1', 'systemctl is-system-running --wait; systemctl --failed --no-legend')).toBe(
      'running\n',
    )
  })

  it('has no Python, and hosts with identities of their own', async () => {
    expect(await on('web1', 'command -v python3 || echo none')).toBe('none\n')
    expect(await on('web1', 'cat /etc/machine-id')).not.toBe(await on('db1', 'cat /etc/machine-id'))
  })

  it('connects its hosts with each other, and with nothing else', async () => {
    expect(await on('web1', 'ping -c1 -W2 db1 >/dev/null && echo there')).toBe('there\n')
    expect(await on('web1', 'ping -c1 -W5 192.0.2.1 2>&1 || true')).toContain('Net Unreachable')
  })

  it('gives each host files and network settings of its own', async () => {
    await on('web1', 'echo web1 | sudo tee /etc/mine && sudo sysctl -qw net.ipv4.ip_forward=1')
    expect(await on('db1', 'ls /etc/mine 2>/dev/null; cat /proc/sys/net/ipv4/ip_forward')).toBe('0\n')
    await expect(on('web1', 'sudo sysctl -w vm.swappiness=7')).rejects.toThrow('permission denied')
  })

  it('installs packages with apt', async () => {
    const install =
      'sudo apt-get -qq update && sudo DEBIAN_FRONTEND=noninteractive apt-get -qq install jq >/dev/null 2>&1'
    expect(await on('db1', `${install}; echo '{"a":[1,2]}' | jq -c .a`)).toBe('[1,2]\n')
  })

  it('knows its packages from the start', async () => {
    expect(await on('web1', 'apt-cache policy jq | grep -c 10.10.0.1')).toBe('1\n')
  })

  it('survives the reboot of a host, with its files', async () => {
    const boot = 'cat /proc/sys/kernel/random/boot_id'
    const before = await on('web1', `echo kept | sudo tee /var/kept >/dev/null; ${boot}`)
    await on('web1', 'sudo systemctl reboot').catch(() => undefined)
    await expect.poll(() => on('web1', boot).catch(() => before), { timeout: 30_000 }).not.toBe(before)
    expect(await on('web1', 'cat /var/kept')).toBe('kept\n')
    expect((await readRuntime(plan.state))?.hosts['web1']?.starts).toBe(2)
  })

  it('says how its hosts are', async () => {
    const [web1] = (await labStatus(plan)) ?? []
    expect(web1).toMatchObject({ name: 'web1', groups: ['web'], address: '10.10.0.11', ssh: 'ready' })
    expect(await readFile(`/proc/${web1?.pid}/comm`, 'utf8')).toBe('systemd\n')
    expect(web1?.memoryBytes).toBeGreaterThan(1e6)
  })

  it('stays as it is when it is brought up again', async () => {
    const before = await alive(plan)
    await bringUp(plan, { report })
    expect(await alive(plan)).toEqual(before)
  })

  it('is not replaced by one with other hosts', async () => {
    await expect(bringUp(labOf('one', ['web1']), { report })).rejects.toThrow('is up with other hosts')
    expect(await alive(plan)).toHaveLength(2)
  })

  it('stands beside another lab with the same host names', async () => {
    const other = labOf('two', ['web1'])
    try {
      const { endpoints } = await bringUp(other, { report })
      const own = (await labStatus(plan))?.map(({ endpoint }) => endpoint)
      expect(own).not.toContainEqual(endpoints['web1'])
      expect(await on('web1', 'hostname')).toBe('web1\n')
    } finally {
      await takeDown(other)
    }
    expect(await traces(other)).toEqual([])
    expect((await labStatus(plan))?.map(({ ssh }) => ssh)).toEqual(['ready', 'ready'])
  })

  it('ends as a whole when its keeper is killed, and comes up again', async () => {
    const before = await alive(plan)
    const keeper = (await readRuntime(plan.state))?.keeper.pid ?? 0
    process.kill(keeper, 'SIGKILL')
    await expect
      .poll(() => labStatus(plan).then((hosts) => hosts?.map(({ ssh }) => ssh)))
      .toEqual(['down', 'down'])
    await bringUp(plan, { report })
    expect(await alive(plan)).not.toEqual(before)
    expect(await on('web1', 'hostname; ls /var/kept 2>/dev/null || echo fresh')).toBe('web1\nfresh\n')
  })

  it('leaves nothing behind when it is taken down, twice', async () => {
    await takeDown(plan)
    expect(await traces(plan)).toEqual([])
    expect(await labStatus(plan)).toBeUndefined()
    await takeDown(plan)
  })
})

describe('the road to a host, while a run uses it', () => {
  const payload = randomBytes(60_000)
  const tsplay = (...words: string[]) => {
    const child = spawn(resolve('bin/tsplay'), words, { cwd: project, stdio: ['ignore', 'pipe', 'pipe'] })
    const said = Promise.all([text(child.stdout), text(child.stderr)])
    return {
      child,
      ended: once(child, 'close').then(async ([code]) => ({ code, said: (await said).join('') })),
    }
  }
  const road = async (...words: string[]) => {
    expect(await tsplay('lab', 'road', '--lab', 'one', 'web1', ...words).ended).toMatchObject({ code: 0 })
  }
  const play = (host: string) => tsplay('run', `${host}.yml`, '-i', join(plan.folder, 'inventory.yml'))

  beforeAll(async () => {
    await bringUp(plan, { report })
    await writeFile(join(project, 'payload'), payload)
    const copy = { name: 'Copy', copy: { src: 'payload', dest: '/tmp/payload', force: true } }
    const wait = {
      name: 'Wait',
      command: 'sh -c "touch /tmp/waits; while ! [ -e /tmp/go ]; do sleep 0.1; done"',
    }
    const plays = { web1: ['web1', copy], db1: ['db1', copy], waits: ['web1', wait] } as const
    for (const [name, [hosts, task]] of Object.entries(plays)) {
      await writeFile(
        join(project, `${name}.yml`),
        JSON.stringify([{ hosts, gather_facts: false, tasks: [task] }]),
      )
    }
  })
  afterEach(() => road('--clear'))

  it('is slow and narrow, and disorder changes nothing of what arrives', async () => {
    await road('--delay', '50ms', '--rate', '100K', '--reorder', '20ms')
    const start = performance.now()
    expect(await play('web1').ended).toMatchObject({ code: 0 })
    // At least a greeting there and back, and the file at its rate.
    expect(performance.now() - start).toBeGreaterThan(2 * 50 + (1000 * payload.length) / 100_000)
    const [sum = ''] = (await on('web1', 'sha256sum /tmp/payload')).split(' ')
    expect(sum).toBe(createHash('sha256').update(payload).digest('hex'))
  })

  it('keeps a run waiting while it is cut, other hosts go on, and all arrives when it is mended', async () => {
    await on('web1', 'rm /tmp/payload')
    await road('--cut')
    const run = play('web1')
    expect(await play('db1').ended).toMatchObject({ code: 0 })
    expect(run.child.exitCode).toBeNull()
    await road('--clear')
    expect(await run.ended).toMatchObject({ code: 0, said: expect.stringContaining('changed: [web1]') })
  })

  it('breaks under a task, and the run says for which host', async () => {
    const run = play('waits')
    await expect
      .poll(() => on('web1', 'ls /tmp/waits').catch(() => ''), { timeout: 20_000 })
      .toContain('waits')
    await road('--drop')
    const { code, said } = await run.ended
    expect({ code, said }).toMatchObject({ code: 3, said: expect.stringContaining('web1') })
    await on('web1', 'touch /tmp/go')
  })
})

describe('a lab whose start is cut short', () => {
  it('leaves nothing behind when it is interrupted', async () => {
    const lab = labOf('interrupted', ['a', 'b'])
    const controller = new AbortController()
    const up = bringUp(lab, {
      report: () => setTimeout(() => controller.abort(), 150),
      signal: controller.signal,
    })
    await expect(up).rejects.toMatchObject({ name: 'AbortError' })
    expect((await traces(lab)).filter((trace) => trace !== lab.folder)).toEqual([])
  })

  it.each([50, 150, 250, 400, 700])('is removed when it was killed %i ms after its start', async (ms) => {
    const lab = labOf('killed', ['a', 'b'])
    const script = [
      `import { bringUp } from ${JSON.stringify(join(import.meta.dirname, '../../src/lab/bring-up.ts'))}`,
      `await bringUp(${JSON.stringify(lab)}, { report: () => console.log('started') })`,
    ].join('\n')
    const up = spawn(process.execPath, ['--input-type=module', '--eval', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const ended = once(up, 'exit')
    await once(up.stdout, 'data')
    await sleep(ms)
    up.kill('SIGKILL')
    await ended
    await takeDown(lab)
    expect(await traces(lab)).toEqual([])
  })
})
