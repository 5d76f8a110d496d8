import { execFile } from 'node:child_process'
import { cp, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, expect, it } from 'vitest'
import { makePlainUser } from '../support/lab-user.ts'

const run = promisify(execFile)
const user = await makePlainUser(1)
const tsplay = async (...words: string[]): Promise<string> => {
  const [program = '', ...args] = user.tsplay(words)
  return (await run(program, args, { cwd: user.project })).stdout
}

afterAll(async () => {
  await tsplay('lab', 'down')
  await user.remove()
})

it('shows the main job to a user without root, and changes nothing the second time', async () => {
  await mkdir(join(user.project, 'playbooks'))
  await cp('playbooks/no-root.yml', join(user.project, 'playbooks/no-root.yml'))
  await cp('lab.yml', join(user.project, 'lab.yml'))
  await tsplay('lab', 'up', '-f', 'lab.yml', '--backend', 'sshd')
  const site = ['run', 'playbooks/no-root.yml', '-i', '.tsplay/lab/default/inventory.yml']
  expect(await tsplay(...site)).toMatch(/web1 +\d+ +[1-9]/)
  expect(await tsplay(...site)).toContain('3 hosts, 0 changed')
  expect(await tsplay('lab', 'ssh', 'web1', '--', 'cat srv/site/index.html')).toBe('<h1>web1</h1>\n')
})
