import { mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bringUp } from '#lab/bring-up.ts'
import { planLab } from '#lab/lab-plan.ts'
import { simpleSpec } from '#lab/lab-spec.ts'
import { runCommand } from '#lab/run-command.ts'
import { takeDown } from '#lab/take-down.ts'

// The site that `npm run demo` shows, from the first host to the last word, through the real command line.

const root = join(import.meta.dirname, '../..')
const project = await mkdtemp(join(tmpdir(), 'tsplay-demo-test-'))
const plan = planLab(
  project,
  simpleSpec('demo', [
    { name: 'web1', groups: ['web'] },
    { name: 'web2', groups: ['web'] },
    { name: 'db1', groups: ['database'] },
  ]),
)

interface Recap {
  readonly hosts: Readonly<
    Record<string, { readonly ok: number; readonly changed: number; readonly failed: number }>
  >
  readonly flights: number
  readonly exit_code: number
}

/** Runs the site and gives the last line of its events. */
async function site(...options: string[]): Promise<Recap> {
  const inventories = ['-i', 'inventory/demo', '-i', '.tsplay/lab/demo/inventory.yml']
  const argv = [join(root, 'bin/tsplay'), 'run', 'playbooks/demo.yml', ...inventories]
  const output = await runCommand(['env', '-C', project, ...argv, '--output', 'json', ...options])
  return JSON.parse(output.trimEnd().split('\n').at(-1) ?? '')
}

const on = (host: string, script: string): Promise<string> =>
  runCommand(['ssh', '-F', join(plan.folder, 'ssh_config'), '-o', 'BatchMode=yes', host, script])

const counts = (recap: Recap, what: 'changed' | 'failed') =>
  Object.values(recap.hosts).map((host) => host[what])

beforeAll(async () => {
  // A project of its own, so that its runs are not recorded in ours.
  for (const folder of ['inventory', 'playbooks', 'roles'])
    await symlink(join(root, folder), join(project, folder))
  await bringUp(plan, { report: () => undefined })
})
afterAll(async () => {
  await takeDown(plan)
  await rm(project, { recursive: true })
})

describe('the demonstration', () => {
  it('changes nothing in check mode', async () => {
    const recap = await site('--check')
    expect([recap.exit_code, ...counts(recap, 'failed')]).toEqual([0, 0, 0, 0])
    expect(
      await on(
        'web1',
        'ls /etc/nginx /etc/sudoers.d/admins 2>/dev/null || id alice 2>/dev/null || echo none',
      ),
    ).toBe('none\n')
  })

  it('sets up every host', async () => {
    const recap = await site()
    expect([recap.exit_code, ...counts(recap, 'failed')]).toEqual([0, 0, 0, 0])
    expect(Math.min(...counts(recap, 'changed'))).toBeGreaterThan(5)
    expect(await on('web2', 'curl -s localhost:8080')).toContain('<li>web1 10.10.0.11</li>')
    await expect
      .poll(() => on('web1', 'curl -s localhost:8080/status'), { timeout: 15_000 })
      .toMatch(/^web1 [1-9]/)
    expect(await on('db1', 'id -nG alice; sudo -u alice sudo -n id -un')).toBe('alice admins\nroot\n')
  })

  it('changes nothing the second time, in a handful of flights', async () => {
    const recap = await site()
    expect(counts(recap, 'changed')).toEqual([0, 0, 0])
    expect(recap.flights).toBeLessThanOrEqual(4 * 3)
  })

  it('repairs only what was damaged', async () => {
    await on('web1', 'sudo systemctl stop nginx; echo x | sudo tee /etc/motd')
    const recap = await site()
    expect(
      Object.fromEntries(Object.entries(recap.hosts).map(([name, host]) => [name, host.changed])),
    ).toEqual({
      web1: 2,
      web2: 0,
      db1: 0,
    })
  })
})
