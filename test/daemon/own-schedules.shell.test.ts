import { join } from 'node:path'
import { chdir, cwd } from 'node:process'
import { expect, onTestFinished, test } from 'vitest'
import { readSchedules } from '#daemon/read-schedules.ts'

test('the schedules that come with tsplay are right', async () => {
  const before = cwd()
  onTestFinished(() => chdir(before))
  chdir(join(import.meta.dirname, '../..'))
  const { file, diagnostics } = await readSchedules('schedules.yml', [])
  expect(diagnostics).toEqual([])
  expect(file?.schedules[0]).toMatchObject({
    name: 'weekly-vm-backup',
    cron: '0 2 * * sun',
    zone: 'Europe/Berlin',
    playbooks: ['playbooks/backup-vms.yml'],
  })
})
