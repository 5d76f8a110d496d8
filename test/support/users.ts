import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { rm, writeFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { promisify } from 'node:util'
import { changeUsers } from './change-users.ts'

const run = promisify(execFile)

/** Whether this process may make users; tests that need some are skipped otherwise. */
export const canMakeUsers = userInfo().uid === 0

export interface TestUser {
  readonly name: string
  readonly password: string
  readonly home: string
  /** Replaces what sudo allows this user: lines of sudoers, without the user's name. */
  allow(...rules: readonly string[]): Promise<void>
  remove(): Promise<void>
}

/** Makes a real user of this machine, with a home folder and a password. */
export async function makeUser(options: { shell?: string } = {}): Promise<TestUser> {
  const name = `tsp${randomBytes(4).toString('hex')}`
  const password = `pw-${randomBytes(6).toString('hex')} 'ä$x`
  const home = `/tmp/home-${name}`
  const { stdout: hash } = await run('openssl', ['passwd', '-6', password])
  await changeUsers('useradd', [
    '-m',
    '-d',
    home,
    '-s',
    options.shell ?? '/bin/bash',
    '-p',
    hash.trim(),
    name,
  ])
  const sudoers = `/etc/sudoers.d/${name}`
  return {
    name,
    password,
    home,
    allow: async (...rules) => {
      const text = rules.map((rule) =>
        rule.startsWith('Defaults') ? rule.replace('Defaults', `Defaults:${name}`) : `${name} ${rule}`,
      )
      await writeFile(sudoers, `${text.join('\n')}\n`, { mode: 0o440 })
    },
    remove: async () => {
      await rm(sudoers, { force: true })
      await changeUsers('userdel', ['-f', '-r', name])
    },
  }
}
