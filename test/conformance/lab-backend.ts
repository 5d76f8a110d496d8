import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { BackendName } from '#lab/backend-name.ts'
import { planLab } from '#lab/lab-plan.ts'
import { simpleSpec } from '#lab/lab-spec.ts'

/** A user of this machine with a lab of one backend. */
export interface LabUser {
  readonly backend: BackendName
  /** The project, in which `lab up` is called. */
  readonly project: string
  /** Where the user's labs keep their state. */
  readonly stateRoot: string
  /** The command line that calls tsplay as that user. */
  readonly tsplay: (words: readonly string[]) => readonly string[]
  /** Where a host sees its disk `data`, for a shell on it. */
  readonly disk: string
  /** Also a host of another release and one with a layer, which take half a minute the first time. */
  readonly others?: true
}

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A first start may build an image. */
const buildMs = 1_500_000

const labFile = ({ others }: LabUser): string => `doubles: [systemd]
layers:
  tools: { packages: [tree], files: tools, script: tools.sh }
hosts:
  a1: { disks: { data: 64M }${others ? ', suite: trixie' : ''} }
  b1: { latency: 20ms${others ? ', layers: [tools]' : ''} }
`

/** By the modules that speak to systemd, on whatever the hosts have of it. */
const serviceRole = {
  'play.yml': '- { hosts: all, become: true, roles: [beat] }\n',
  'roles/beat/tasks/main.yml': `- user: { name: beat, system: true }
- copy: { dest: /usr/local/bin/beat, mode: "0755", content: "#!/bin/sh\\necho by $(id -un) >/run/beat/said; exec sleep 1000\\n" }
  notify: Restart beat
- systemd:
    name: beat.service
    unit: |
      [Service]
      User=beat
      RuntimeDirectory=beat
      ExecStart=/usr/local/bin/beat
      Restart=always
      [Install]
      WantedBy=multi-user.target
    state: started
    enabled: true
    daemon_reload: true
- service: { name: cron, state: started, enabled: true }
`,
  'roles/beat/handlers/main.yml': '- name: Restart beat\n  service: { name: beat, state: restarted }\n',
}

/** What every way to have lab hosts must do, tried through the command line by the user it is for. */
export function describeLabBackend(prepare: () => LabUser): void {
  const user = prepare()
  // Or else a folder of this machine.
  const hasSystem = user.backend !== 'sshd'
  const plan = planLab(user.project, simpleSpec('default', []), user.stateRoot)
  const start = (...words: string[]): ChildProcess => {
    const [program = '', ...args] = user.tsplay(words)
    return spawn(program, args, { cwd: user.project, stdio: ['ignore', 'pipe', 'pipe'] })
  }
  const lab = (...words: string[]) => ended('lab', ...words)
  const ended = async (...words: string[]): Promise<Ended> => {
    const child = start(...words)
    const closed = once(child, 'close')
    const [stdout, stderr] = await Promise.all(
      [child.stdout, child.stderr].map((one) => (one ? text(one) : '')),
    )
    const [code] = await closed
    return { code: typeof code === 'number' ? code : null, stdout: stdout ?? '', stderr: stderr ?? '' }
  }
  const up = () => lab('up', '-f', 'lab.yml', '--backend', user.backend)
  const on = async (host: string, script: string) => (await lab('ssh', host, '--', script)).stdout
  const states = async () => {
    const { hosts } = JSON.parse((await lab('status', '--json')).stdout)
    return hosts.map((host: { name: string; ssh: string }) => `${host.name} ${host.ssh}`)
  }
  /** Seconds that a host says it has been up for longer than this machine. */
  const aheadOfUs = async (host: string) => {
    const theirs = (await lab('exec', host, '--', 'cat', '/proc/uptime')).stdout
    return Number.parseFloat(theirs) - Number.parseFloat(await readFile('/proc/uptime', 'utf8'))
  }
  const killKeeper = async () => {
    const runtime = JSON.parse(await readFile(join(plan.state, 'runtime.json'), 'utf8'))
    process.kill(runtime.keeper.pid, 'SIGKILL')
  }

  describe(`a lab of ${user.backend}`, () => {
    beforeAll(async () => {
      const files = {
        'lab.yml': labFile(user),
        'tools/etc/motd': 'A layer\n',
        'tools.sh': 'tree --version >/etc/made\n',
      }
      await writeAll(user.project, files)
      const first = await up()
      expect(first, first.stderr).toMatchObject({ code: 0 })
    }, buildMs)
    afterAll(async () => void (await lab('down')))

    test('answers on every host by SSH, under known keys', async () => {
      expect(await states()).toEqual(['a1 ready', 'b1 ready'])
      expect(await on('a1', 'echo "$((40 + 2))"')).toBe('42\n')
    })

    test('keeps the files of hosts apart', async () => {
      await on('a1', 'echo one >mine')
      expect(await on('b1', 'cat mine 2>/dev/null || echo none')).toBe('none\n')
      expect(await on('a1', 'cat mine')).toBe('one\n')
    })

    test('runs commands on all hosts without SSH, and tells how they ended', async () => {
      const all = await lab('exec', '--', 'sh', '-c', 'echo out; echo err >&2')
      expect(all).toMatchObject({ code: 0, stdout: 'a1: out\na1: err\nb1: out\nb1: err\n' })
      const failed = await lab('exec', 'b1', '--', 'sh', '-c', 'exit 3')
      expect(failed).toMatchObject({ code: 2, stdout: '' })
      expect(failed.stderr).toContain('b1: The command ended with exit code 3.')
    })

    test('gives a host its disk, empty and of its size', async () => {
      expect(
        await on('a1', `[ -w ${user.disk} ] || sudo=sudo; $sudo wc -c ${user.disk} | cut -d" " -f1; echo ok`),
      ).toBe('67108864\nok\n')
    })

    test('has an inventory that commands can use at once', async () => {
      const child = start('exec', 'all', '-i', '.tsplay/lab/default/inventory.yml', '--', 'echo', 'here')
      const said = child.stdout ? await text(child.stdout) : ''
      expect(said).toMatch(/^a1, b1 \(2 hosts\) \| rc=0\nhere\n/)
    })

    test('needs little memory for a host that idles', async () => {
      const { hosts } = JSON.parse((await lab('status', '--json')).stdout)
      for (const host of hosts) {
        expect(host.memoryBytes, host.name).toBeGreaterThan(0)
        expect(host.memoryBytes, host.name).toBeLessThan(20e6)
      }
    })

    test('makes one host as it was, and leaves the others', async () => {
      await on('b1', 'echo other >mine')
      expect(await lab('reset', 'a1')).toMatchObject({ code: 0 })
      expect(await on('a1', 'cat mine 2>/dev/null || echo none')).toBe('none\n')
      expect(await on('b1', 'cat mine')).toBe('other\n')
    })

    test('is silent while it is frozen, and goes on where it was', async () => {
      const count = 'for n in 1 2 3 4 5 6; do echo $n; sleep 0.2; done'
      const counting = start('lab', 'ssh', 'a1', '--', count)
      const said = counting.stdout ? text(counting.stdout) : ''
      if (counting.stdout) await once(counting.stdout, 'readable')
      expect(await lab('freeze', 'a1')).toMatchObject({ code: 0 })
      expect(await states()).toEqual(['a1 frozen', 'b1 ready'])
      expect(counting.exitCode).toBeNull()
      expect(await lab('thaw', 'a1')).toMatchObject({ code: 0 })
      expect(await said).toBe('1\n2\n3\n4\n5\n6\n')
      expect(await states()).toEqual(['a1 ready', 'b1 ready'])
    })

    test('stays off when its power is cut, and comes back with its files', async () => {
      await on('b1', 'echo other >mine; sync')
      expect(await lab('kill', 'b1')).toMatchObject({ code: 0 })
      expect(await states()).toEqual(['a1 ready', 'b1 down'])
      expect(await lab('freeze', 'b1')).toMatchObject({
        code: 2,
        stderr: 'error: The lab host b1 does not run.\n',
      })
      expect(await lab('reboot', 'b1')).toMatchObject({ code: 0 })
      expect(await on('b1', 'cat mine')).toBe('other\n')
    })

    if (hasSystem) {
      test('is gone from the network while it is off, and has nothing of it when it comes back', async () => {
        await on('b1', 'sudo ip addr add 10.10.0.77/32 dev eth0')
        const knock = `sudo ip neigh flush dev eth0
said=$(timeout 10 bash -c 'echo >/dev/tcp/10.10.0.77/22' 2>&1) && echo open || case $said in *refused*) echo refused ;; *) echo silent ;; esac`
        expect(await on('a1', knock)).toBe('open\n')
        expect(await lab('kill', 'b1')).toMatchObject({ code: 0 })
        expect(await on('a1', knock)).toBe('silent\n')
        expect(await lab('reboot', 'b1')).toMatchObject({ code: 0 })
        expect(await on('b1', 'ip -o -4 addr show scope global | grep -c inet')).toBe('1\n')
      })
    }

    if (user.others) {
      test('has hosts of several releases, and of what a layer brings', async () => {
        expect(await on('a1', '. /etc/os-release; echo $VERSION_CODENAME')).toBe('trixie\n')
        expect(
          await on('b1', '. /etc/os-release; echo $VERSION_CODENAME; cat /etc/motd; cut -d" " -f1 /etc/made'),
        ).toBe('bookworm\nA layer\ntree\n')
      })
    }

    if (hasSystem) {
      test('keeps the image that it stands on', async () => {
        expect(await lab('image', 'remove', 'bookworm')).toMatchObject({
          code: 2,
          stderr: expect.stringContaining('stands on an image that was to be removed'),
        })
      })

      test('runs the services of a role, which changes nothing the second time, and starts them at boot', async () => {
        await writeAll(user.project, serviceRole)
        const play = () => ended('run', 'play.yml', '-i', '.tsplay/lab/default/inventory.yml')
        const first = await play()
        expect(first, first.stdout + first.stderr).toMatchObject({ code: 0 })
        expect((await play()).stdout).toContain('2 hosts, 0 changed')
        expect(await on('b1', 'systemctl is-active beat; cat /run/beat/said')).toBe('active\nby beat\n')
        expect(await lab('reboot', 'b1')).toMatchObject({ code: 0 })
        expect(
          await on('b1', 'systemctl is-active beat; sudo systemctl stop beat; systemctl is-enabled beat'),
        ).toBe('active\nenabled\n')
      })

      test('has a full disk until it is given room again', async () => {
        const write = '{ echo new >more && cat more; } 2>&1; echo changed >>mine; cat mine'
        await on('a1', 'echo old >mine')
        expect(await lab('fill', 'a1', '/nowhere')).toMatchObject({ code: 2 })
        for (const _ of ['first', 'again']) expect(await lab('fill', 'a1')).toMatchObject({ code: 0 })
        expect(await on('a1', write)).toMatch(/No space left on device\n(.*\n)*old\n$/)
        expect(await lab('fill', 'a1', '--clear')).toMatchObject({ code: 0 })
        expect(await on('a1', write)).toBe('new\nold\nchanged\n')
      })

      test('counts from an earlier start when its clock is stepped, until it boots', async () => {
        expect(await lab('clock', 'b1', '3d')).toMatchObject({ code: 0 })
        expect(await aheadOfUs('b1')).toBeGreaterThan(3 * 86_400 - 60)
        expect(await lab('reboot', 'b1')).toMatchObject({ code: 0 })
        expect(await aheadOfUs('b1')).toBeLessThan(60)
      })
    } else {
      test('says that it shares the disk and the clocks of this machine', async () => {
        expect((await lab('fill', 'a1')).stderr).toContain('has no disk that could be filled')
        expect((await lab('clock', 'a1', '3d')).stderr).toContain("The clocks of a1 are this machine's")
        expect(await states()).toEqual(['a1 ready', 'b1 ready'])
      })
    }

    test('shows what a host and its keeper said', async () => {
      expect(await lab('logs', 'a1')).toMatchObject({ code: 0 })
      expect(await lab('logs')).toMatchObject({ code: 0 })
      expect((await lab('logs', 'c1')).stderr).toContain('has no host "c1". It has a1, b1.')
    })

    test('stays as it is when it is brought up again, and is not replaced by another', async () => {
      expect((await up()).stderr).toContain('The lab was up already.')
      expect(await lab('up', 'c1')).toMatchObject({ code: 2 })
      expect(await on('b1', 'cat mine')).toBe('other\n')
    })

    test('ends as a whole when its keeper is killed, and comes up afresh', async () => {
      await killKeeper()
      await expect.poll(states, { timeout: 60_000 }).toEqual(['a1 down', 'b1 down'])
      expect(await up()).toMatchObject({ code: 0 })
      expect(await on('b1', 'cat mine 2>/dev/null || echo none')).toBe('none\n')
    })

    test('leaves nothing behind when it is taken down, twice', async () => {
      await on('a1', 'nohup sleep 1000 >/dev/null 2>&1 </dev/null &')
      expect(await lab('down')).toMatchObject({ code: 0 })
      expect(await traces(plan.id, plan.state)).toEqual([])
      expect(await lab('down')).toMatchObject({ code: 0 })
    })

    test.each(['lab.json', 'runtime.json'])(
      'leaves nothing behind when it was killed as %s was written',
      async (file) => {
        const child = start('lab', 'up', '-f', 'lab.yml', '--backend', user.backend)
        const ended = once(child, 'exit')
        await expect.poll(() => isThere(join(plan.state, file)), { timeout: 60_000, interval: 5 }).toBe(true)
        child.kill('SIGKILL')
        await ended
        expect(await lab('down')).toMatchObject({ code: 0 })
        expect(await traces(plan.id, plan.state)).toEqual([])
      },
    )

    test('is removed, or made anew, when half of it was lost', async () => {
      expect(await up()).toMatchObject({ code: 0 })
      await writeFile(join(plan.state, 'lab.json'), '{ "plan": ')
      expect(await up()).toMatchObject({ code: 0 })
      await writeFile(join(plan.state, 'lab.json'), '')
      expect(await lab('down')).toMatchObject({ code: 0 })
      expect(await traces(plan.id, plan.state)).toEqual([])
    })
  })
}

async function writeAll(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), content)
  }
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )

/** Everything on this machine that carries the lab's id: mounts, namespaces, cgroups, files, processes. */
async function traces(id: string, state: string): Promise<string[]> {
  const [mounts, namespaces] = await Promise.all([
    readFile('/proc/self/mountinfo', 'utf8'),
    readdir('/run/netns').catch(() => []),
  ])
  return [
    ...mounts.split('\n').filter((line) => line.includes(id)),
    ...namespaces.filter((name) => name.startsWith(id)),
    ...((await isThere(state)) ? [state] : []),
    ...((await isThere(`${state}.lock`)) ? [`${state}.lock`] : []),
    ...(await processes(id)),
  ]
}

async function processes(id: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const read = (pid: string, file: string) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')
  const found = await Promise.all(
    pids.map(async (pid) => {
      const [command, environment, groups, status = ''] = await Promise.all(
        ['cmdline', 'environ', 'cgroup', 'status'].map((file) => read(pid, file)),
      )
      // What has ended and waits for its parent to notice runs no more.
      if (/^State:\s+[ZX]/m.test(status)) return []
      return `${command}${environment}${groups}`.includes(id) ? [`${pid} ${command}`] : []
    }),
  )
  return found.flat()
}
