import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
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
  readonly flights_by_host: Readonly<Record<string, number>>
  readonly exit_code: number
}

interface Costs {
  readonly hosts: Readonly<Record<string, { readonly flights: number }>>
}

/** Runs a playbook and gives what it prints. */
async function run(playbook: string, ...options: string[]): Promise<string> {
  const inventories = ['-i', 'inventory/demo', '-i', '.tsplay/lab/demo/inventory.yml']
  const argv = [join(root, 'bin/tsplay'), 'run', playbook, ...inventories]
  return runCommand(['env', '-C', project, ...argv, '--output', 'json', ...options])
}

/** Runs the site and gives the last line of its events. */
const site = async (...options: string[]): Promise<Recap> =>
  lastOf(await run('playbooks/demo.yml', ...options))

const lastOf = (output: string): Recap => JSON.parse(output.trimEnd().split('\n').at(-1) ?? '')

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

  it.each([{ hosts: ['db1'] }, { hosts: ['web1', 'web2'] }])(
    'installs neighbouring packages as one, in as many round trips as were foreseen: $hosts',
    async ({ hosts }) => {
      await writeFile(join(project, 'packages.yml'), JSON.stringify([packages]))
      let flights = await foreseenAndTaken(hosts)
      // A machine that is busy can split a flight.
      for (let round = 1; round < 4 && flights.some(([foreseen, taken]) => foreseen !== taken); round += 1) {
        for (const host of hosts)
          await on(host, 'sudo sh -c "apt-get purge -qy git git-man liberror-perl; rm /etc/tools"')
        flights = await foreseenAndTaken(hosts)
      }
      for (const [foreseen, taken] of flights) expect(foreseen).toBe(taken)
      for (const host of hosts)
        expect(await on(host, 'grep "^Commandline:.*install" /var/log/apt/history.log | tail -n 2')).toMatch(
          / git-man liberror-perl\n.* git\n$/,
        )
    },
  )
})

const apt = (name: string) => ({ apt: { name: [name], install_recommends: false } })
const packages = {
  hosts: 'all',
  become: true,
  gather_facts: false,
  tasks: [
    apt('git-man'),
    apt('liberror-perl'),
    { copy: { content: 'tools\n', dest: '/etc/tools' } },
    apt('git'),
  ],
}

/** The round trips to each host: by `--explain-cost`, and by the run after it. */
async function foreseenAndTaken(hosts: readonly string[]) {
  const limit = ['-l', hosts.join(',')]
  const foreseen: Costs = JSON.parse(await run('packages.yml', ...limit, '--explain-cost'))
  const recap = lastOf(await run('packages.yml', ...limit))
  return hosts.map((host) => {
    expect(recap.hosts[host]).toMatchObject({ changed: 4, failed: 0 })
    return [foreseen.hosts[host]?.flights, recap.flights_by_host[host]] as const
  })
}
