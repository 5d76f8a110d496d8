import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll } from 'vitest'
import { rootStateRoot } from '#lab/lab-plan.ts'
import { describeLabBackend } from '../conformance/lab-backend.ts'
import { makePlainUser } from '../support/lab-user.ts'

const project = await realpath(await mkdtemp(join(tmpdir(), 'tsplay-lab-backends-')))
const plain = await makePlainUser(0)

afterAll(async () => {
  await plain.remove()
  await rm(project, { recursive: true, force: true })
})

describeLabBackend(() => ({ ...plain, backend: 'sshd', disk: '"$LAB_DISKS"/data' }))
describeLabBackend(() => ({ ...plain, backend: 'userns', disk: '/dev/lab/data' }))
describeLabBackend(() => ({
  backend: 'nspawn',
  project,
  stateRoot: rootStateRoot,
  tsplay: (words) => [resolve('bin/tsplay'), ...words],
  disk: '/dev/lab/data',
  others: true,
}))
