import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeSshProject, type SshProject } from '../support/ssh-project.ts'
import { startSshd, type TestSshd } from '../support/sshd.ts'
import { makeUser, type TestUser } from '../support/users.ts'

const vaultPassword = 'the vault password 41f'
const values = {
  api_key: 'key-8d1c02b7aa',
  pin: 4_815_162_342,
  multi: 'first-secret-line\nsecond-secret-line',
}
/** Encrypted with age, the others with ansible-vault. */
const ageToken = 'token-of-age-77aa'
const inVaultFile = 'line of an encrypted file'
const hiddenByNoLog = 'told-only-in-private'

let server: TestSshd
let user: TestUser
let project: SshProject

beforeAll(async () => {
  server = await startSshd()
  user = await makeUser()
  await user.allow('ALL=(ALL) ALL')
  project = await makeSshProject({
    server,
    hosts: { a: { user: user.name, vars: { become_password: '{{ sudo_password }}' } } },
    files: {
      'vault-password': `${vaultPassword}\n`,
      'age.yml': { age_token: ageToken },
      'secrets.yml': { ...values, sudo_password: user.password },
      'files/key.pem': `${inVaultFile}\n`,
      'templates/app.hbs':
        'key={{ api_key }}\npin={{ pin }}\nmulti={{ multi }}\nb64={{ b64encode api_key }}\n',
      'site.yml': [
        {
          hosts: 'a',
          vars_files: ['secrets.yml', 'age.yml'],
          gather_facts: false,
          become: true,
          tasks: [
            { name: 'a template', template: { src: 'app.hbs', dest: '{{ root }}/app' } },
            { name: 'an encrypted file', copy: { src: 'key.pem', dest: '{{ root }}/key.pem' } },
            {
              name: 'the same with another key',
              copy: { content: 'old {{ api_key }}\n', dest: '{{ root }}/other' },
            },
            { name: 'rotated', copy: { content: 'new {{ api_key }} {{ pin }}\n', dest: '{{ root }}/other' } },
            { name: 'a command that shows it', command: 'echo {{ api_key }}', register: 'shown' },
            { name: 'one of age', command: 'echo {{ age_token }} {{ b64encode age_token }}' },
            { name: 'its output in a message', debug: { msg: 'it said {{ shown.stdout }}' } },
            { name: 'the result', debug: { var: 'shown' } },
            { name: 'part of a name {{ api_key }}', debug: { msg: '{{ multi }}' } },
            { name: 'an error with {{ api_key }}', command: 'ls /{{ api_key }}', ignore_errors: true },
            {
              name: 'in the environment',
              shell: 'env | grep KEY; true',
              environment: { KEY: '{{ api_key }}' },
            },
            { name: 'a loop', debug: { msg: '{{ item }}' }, loop: ['{{ api_key }}', '{{ pin }}'] },
            { name: 'a fact', set_fact: { copied: 'copy of {{ api_key }}' } },
            { name: 'the fact', debug: { var: 'copied' } },
            {
              name: 'silent',
              command: `echo ${hiddenByNoLog.replaceAll('-', '""-')}`,
              no_log: true,
              register: 'silent',
            },
            { name: 'silence told', debug: { msg: '{{ silent.stdout }}' } },
            { name: 'fails with it', fail: { msg: 'no good: {{ api_key }} {{ sudo_password }}' } },
          ],
        },
      ],
    },
  })
  await mkdir(join(project.folder, 'out'))
  await project.text('vault', 'keygen', '--out', 'identity')
  await project.text('vault', 'encrypt', 'age.yml', '--vault-password-file', 'identity')
  const encrypted = ['secrets.yml', 'files/key.pem']
  execFileSync('ansible-vault', ['encrypt', '--vault-password-file', 'vault-password', ...encrypted], {
    cwd: project.folder,
    stdio: 'ignore',
  })
  execFileSync('chmod', ['-R', 'a+rwX', project.folder])
})
afterAll(async () => {
  execFileSync('rm', ['-rf', project.folder])
  await server?.stop()
  await user?.remove()
})

test('no secret is in any stream, report or record', async () => {
  const options = [
    ...['run', 'site.yml', '--diff'],
    ...['--vault-password-file', 'vault-password', '--vault-password-file', 'identity'],
  ]
  const runs = [
    await project.text(...options, '-vvv', '--output', 'junit=out/junit.xml'),
    await project.run(...options, '-vvv'),
    await project.text(...options, '-vvv', '--check'),
    await project.text(...options, '--color', 'always'),
  ]
  expect(
    runs.map(({ code }) => code),
    runs[0]?.stdout.slice(-2000),
  ).toEqual([2, 2, 2, 2])
  // What was recorded is shown again.
  const shown = [
    await project.text('history', 'show', 'latest~3', '-vvv', '--diff'),
    await project.text('history', 'show', 'latest~2', '-vvv', '--diff', '--output', 'json'),
    await project.text('history', 'diff', 'latest~2', 'latest'),
    await project.text('history', 'list', '--json'),
  ]
  expect(shown.map(({ code }) => code)).toEqual([0, 0, 0, 0])
  const places = [
    ...[...runs, ...shown].flatMap(
      ({ stdout, stderr }, i) =>
        [
          [`stdout of run ${i}`, stdout],
          [`stderr of run ${i}`, stderr],
        ] as const,
    ),
    ...filesBelow(join(project.folder, 'out')),
    ...filesBelow(join(project.folder, '.tsplay')),
  ]
  // Eight commands leave sixteen streams, a report, four records and their index.
  expect(places.length).toBeGreaterThanOrEqual(22)
  expect(filesBelow(join(project.folder, 'out'))).toHaveLength(1)
  expect(readFileSync(join(project.folder, 'age.yml'), 'utf8')).toMatch(/^-----BEGIN AGE/)
  for (const secret of secrets()) {
    const found = places
      .filter(([, text]) => text.includes(secret))
      .map(([name, text]) => `${name}: ${around(text, secret)}`)
    expect(found, `"${secret}" is in`).toEqual([])
  }
  // They did reach the host.
  expect(readFileSync(join(project.root('a'), 'app'), 'utf8')).toContain(`key=${values.api_key}`)
})

const secrets = (): readonly string[] => [
  ageToken,
  Buffer.from(ageToken).toString('base64'),
  readFileSync(join(project.folder, 'identity'), 'utf8').split('\n')[2] ?? '',
  values.api_key,
  String(values.pin),
  'first-secret-line',
  'second-secret-line',
  Buffer.from(values.api_key).toString('base64'),
  user.password,
  hiddenByNoLog,
  vaultPassword,
  inVaultFile,
]

function filesBelow(folder: string): readonly (readonly [string, string])[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [path, readFileSync(path, 'latin1')])
}

function around(text: string, secret: string): string {
  const at = text.indexOf(secret)
  return text.slice(Math.max(0, at - 120), at + 60)
}
