import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bringUp } from '#lab/bring-up.ts'
import { doubleFiles } from '#lab/double-files.ts'
import { type LabPlan, planLab } from '#lab/lab-plan.ts'
import { namedHost, simpleSpec } from '#lab/lab-spec.ts'
import { readRuntime } from '#lab/lab-state.ts'
import { runCommand } from '#lab/run-command.ts'
import { takeDown } from '#lab/take-down.ts'

const project = await mkdtemp(join(tmpdir(), 'tsplay-lab-doubles-'))
const real = join(project, 'real')
const spec = {
  ...simpleSpec('doubles', [namedHost('pve')]),
  doubles: ['zfs', 'lvm', 'mailq'],
  real,
}
const plan: LabPlan = planLab(project, spec)

const on = (script: string): Promise<string> =>
  runCommand(['ssh', '-F', join(plan.folder, 'ssh_config'), '-o', 'BatchMode=yes', 'pve', 'sudo', 'sh'], {
    input: script,
  })

describe('a lab host with doubles', () => {
  beforeAll(async () => {
    await runCommand(['mkdir', real])
    await writeFile(join(real, 'mailq'), '#!/bin/sh\necho the real one\n', { mode: 0o755 })
    await bringUp(plan, {
      report: () => undefined,
      filesFor: (host, image) => doubleFiles(host, { image, real }),
    })
  })
  afterAll(async () => {
    await takeDown(plan)
    await rm(project, { recursive: true })
  })

  it('has them where programs of Debian would be hidden by them', async () => {
    expect(await on('command -v zpool; command -v lvs')).toBe('/usr/local/sbin/zpool\n/usr/local/sbin/lvs\n')
  })

  it('keeps their state over a reboot', async () => {
    await on('truncate -s 1G /var/disk && zpool create tank /var/disk && zfs create tank/a')
    const boot = 'cat /proc/sys/kernel/random/boot_id'
    const before = await on(boot)
    await on('systemctl reboot').catch(() => undefined)
    await expect.poll(() => on(boot).catch(() => before), { timeout: 60_000 }).not.toBe(before)
    expect(await on('zfs list -H -o name')).toBe('tank\ntank/a\n')
    expect((await readRuntime(plan.state))?.hosts['pve']?.starts).toBe(2)
  })

  it('lays a real program over the double of its name', async () => {
    expect(await on('mailq')).toBe('the real one\n')
  })

  it('is told to fail, and remembers what was called', async () => {
    const fault = JSON.stringify({ program: 'zpool', words: ['list'], exit: 1, stderr: 'gone\n', times: 1 })
    await on(`tsplay-doubles fault '${fault}'`)
    expect(await on('zpool list 2>&1; echo $?; zpool list -H -o name')).toBe('gone\n1\ntank\n')
    const calls = (await on('tsplay-doubles calls'))
      .trimEnd()
      .split('\n')
      .map((text) => JSON.parse(text))
    expect(calls.slice(-2)).toMatchObject([
      { argv: ['zpool', 'list'], exit: 1, uid: 0 },
      { argv: ['zpool', 'list', '-H', '-o', 'name'], exit: 0 },
    ])
  })

  it('knows users other than root, who may meet its faults and not its state', async () => {
    await on(`tsplay-doubles fault '{"program":"zpool","exit":9,"times":1}'`)
    const twice =
      'for n in 1 2; do sudo -u admin zpool list 2>&1; echo $?; done; tsplay-doubles calls | tail -n 1'
    expect(await on(twice)).toMatch(/^9\nzpool: Permission denied\n1\n.*"uid":1000,"exit":1}\n$/)
  })
})
