import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { raiseInotifyLimit, restoreInotifyLimit } from '#lab/inotify-limit.ts'
import { planLab } from '#lab/lab-plan.ts'
import { numberedHosts, simpleSpec } from '#lab/lab-spec.ts'
import { writeState } from '#lab/lab-state.ts'
import { scratchFolder } from '../support/scratch-folder.ts'

async function machine() {
  const folder = await scratchFolder()
  const files = {
    limit: join(folder, 'limit'),
    record: join(folder, 'run/record'),
    states: join(folder, 'labs'),
  }
  await writeFile(files.limit, '128\n')
  const lab = async (name: string, hosts: number) => {
    const plan = planLab('/p', simpleSpec(name, numberedHosts(hosts)), files.states)
    await writeState({ plan, endpoints: {}, backend: 'nspawn', lowers: {}, packages: {} })
    return plan
  }
  const limit = async () => Number(await readFile(files.limit, 'utf8'))
  return { files, lab, limit, folder }
}

it('leaves the machine alone for a few hosts', async () => {
  const { files, lab, limit, folder } = await machine()
  await raiseInotifyLimit(await lab('small', 5), files)
  expect(await limit()).toBe(128)
  expect(await readdir(folder)).not.toContain('run')
})

it('counts the hosts of all labs, and goes back to what was when those that stay can do with it', async () => {
  const { files, lab, limit } = await machine()
  await lab('small', 5)
  const large = await lab('large', 20)
  await raiseInotifyLimit(large, files)
  expect(await limit()).toBe(40 + 250)
  const third = await lab('third', 5)
  await raiseInotifyLimit(third, files)
  expect(await limit()).toBe(40 + 300)
  await restoreInotifyLimit(third, files)
  expect(await limit()).toBe(340)
  await writeFile(join(third.state, 'lab.json'), '')
  await restoreInotifyLimit(large, files)
  expect(await limit()).toBe(128)
})

it('keeps what somebody else has set meanwhile', async () => {
  const { files, lab, limit } = await machine()
  const plan = await lab('large', 30)
  await raiseInotifyLimit(plan, files)
  await writeFile(files.limit, '8192\n')
  await restoreInotifyLimit(plan, files)
  expect(await limit()).toBe(8192)
})

it('says what to do where the limit cannot be raised', async () => {
  const { files, lab } = await machine()
  const plan = await lab('large', 30)
  // A file of the kernel that root can read and nobody can write.
  const refused = raiseInotifyLimit(plan, { ...files, limit: '/proc/sys/kernel/ngroups_max' })
  await expect(refused).resolves.toBeUndefined()
  await expect(
    raiseInotifyLimit(
      { ...plan, hosts: Array(7000).fill(plan.hosts[0]) },
      { ...files, limit: '/proc/sys/kernel/ngroups_max' },
    ),
  ).rejects.toMatchObject({
    message: '7000 hosts with systemd need 70040 inotify instances; this machine gives root 65536.',
    details: { remedy: expect.stringContaining('sysctl fs.inotify.max_user_instances=70040') },
  })
})
