import { readFileSync, statSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import user from '#modules/user.ts'
import { fieldsOf, isRoot, withBench } from '../support/with-bench.ts'

const shadow = (name: string): string =>
  readFileSync('/etc/shadow', 'utf8')
    .split('\n')
    .find((line) => line.startsWith(`${name}:`)) ?? ''

describe.skipIf(!isRoot)('user', () => {
  const name = `tsplay-t-user-${process.pid}`
  const bench = withBench((open) => open.run(user, { name, state: 'absent', remove: true, force: true }))
  const home = (): string => `${bench().folder}/home`
  const hash = '$6$salt$first'

  it('creates an account with all that was asked for, and settles', async () => {
    const outcome = await bench().converge(user, {
      name,
      home: home(),
      shell: '/bin/sh',
      comment: 'A test',
      groups: ['games'],
      password: hash,
      expires: 1_893_456_000,
      password_expire_max: 90,
      generate_ssh_key: true,
      ssh_key_type: 'ed25519',
      ssh_key_passphrase: "pa'ss phrase",
    })
    expect(fieldsOf(outcome)).toEqual([
      ...['state', 'groups', 'comment', 'home', 'shell', 'password', 'expires'],
      ...['password_expire_max', 'ssh_key'],
    ])
    expect(outcome.result.data).toMatchObject({ name, home: home(), groups: ['games'], shell: '/bin/sh' })
    expect(outcome.result.data?.['ssh_public_key']).toMatch(/^ssh-ed25519 \S+ tsplay-generated on here$/)
    expect(shadow(name)).toContain(`:${hash}:`)
    expect(statSync(`${home()}/.ssh/id_ed25519`).mode & 0o777).toBe(0o600)
    expect(readFileSync(`${home()}/.ssh/id_ed25519`, 'latin1')).toContain('OPENSSH PRIVATE KEY')
  })

  it('shows a password nowhere', async () => {
    const { changes } = await bench().run(user, { name, password: '$6$salt$second' }, { mode: 'check' })
    expect(JSON.stringify(changes)).toBe('[{"field":"password","before":"***","after":"***"}]')
  })

  it('leaves a password alone that is set on creation only', async () => {
    const args = { name, password: '$6$salt$other', update_password: 'on_create' }
    expect(fieldsOf(await bench().converge(user, args))).toEqual([])
  })

  it('sets a password and locks it', async () => {
    await bench().converge(user, { name, password: '$6$salt$second', password_lock: true })
    expect(shadow(name)).toContain(':!$6$salt$second:')
    expect(fieldsOf(await bench().converge(user, { name, password_lock: false }))).toEqual(['password_lock'])
    expect(shadow(name)).toContain(':$6$salt$second:')
  })

  it('joins groups with append and leaves the others without', async () => {
    const joined = await bench().converge(user, { name, groups: ['audio'], append: true })
    expect(joined.changes).toMatchObject([{ field: 'groups', after: ['games', 'audio'] }])
    expect((await bench().converge(user, { name, groups: ['audio'] })).changes).toMatchObject([
      { after: ['audio'] },
    ])
    expect((await bench().converge(user, { name, groups: [] })).changes).toMatchObject([{ after: [] }])
  })

  it('moves the home folder with what it holds', async () => {
    const moved = `${home()}-moved`
    await bench().converge(user, { name, home: moved, move_home: true })
    expect(statSync(`${moved}/.ssh/id_ed25519.pub`).isFile()).toBe(true)
  })

  it('makes a missing home folder anew', async () => {
    const fresh = `${home()}-fresh`
    await bench().converge(user, { name, home: fresh })
    expect(statSync(fresh).uid).toBe(statSync(`${home()}-moved`).uid)
  })

  it('says which group is missing', async () => {
    const asked = bench().run(user, { name, groups: ['tsplay-t-nosuch'] })
    await expect(asked).rejects.toThrow('The host has no group tsplay-t-nosuch. Create it first.')
  })

  it('warns of a password in plain', async () => {
    const { result } = await bench().run(user, { name, password: 'hunter2' }, { mode: 'check' })
    expect(result.warnings).toEqual([`The password of ${name} does not look like a hash.`])
  })

  it('removes the account with its files', async () => {
    expect(fieldsOf(await bench().converge(user, { name, state: 'absent', remove: true }))).toEqual(['state'])
    expect(() => statSync(`${home()}-fresh`)).toThrow('ENOENT')
  })
})
