import { describe, expect, it } from 'vitest'
import { identityFiles, withPassword } from '#lab/identity-files.ts'
import { inventory, knownHosts, sshConfig } from '#lab/lab-access.ts'
import { planLab } from '#lab/lab-plan.ts'
import { simpleSpec } from '#lab/lab-spec.ts'
import { parseYaml } from '#load/yaml-source.ts'

const plan = planLab(
  '/my project',
  simpleSpec('default', [
    { name: 'web1', groups: ['web', 'blue'] },
    { name: 'db1', groups: ['db'] },
    { name: 'lone', groups: [] },
  ]),
)
const endpoints = Object.fromEntries(
  plan.hosts.map((host, index) => [host.name, { address: `127.10.7.${11 + index}`, port: 2222 }]),
)
const keys = Object.fromEntries(
  plan.hosts.map((host) => [
    host.name,
    { privateKey: `PRIVATE ${host.name}\n`, publicKey: `ssh-ed25519 KEY${host.name} c\n` },
  ]),
)

const login = { user: 'admin', variables: () => ({}) }

describe('the inventory of a lab', () => {
  it('is YAML with an address for each host and its groups', () => {
    const text = inventory(plan, endpoints, { ...login, password: 'pass "word"' })
    expect(parseYaml(text, 'inventory.yml').diagnostics).toEqual([])
    expect(text).toMatchInlineSnapshot(`
      "# The lab "default", written by tsplay lab up.
      all:
        vars:
          ssh_user: "admin"
          ssh_private_key_file: "/my project/.tsplay/lab/default/id_ed25519"
          ssh_known_hosts: "/my project/.tsplay/lab/default/known_hosts"
          ssh_host_key_checking: strict
          lab_operator_password: "pass \\"word\\""
        hosts:
          web1: { ssh_host: 127.10.7.11, ssh_port: 2222, lab_address: 10.10.0.11 }
          db1: { ssh_host: 127.10.7.12, ssh_port: 2222, lab_address: 10.10.0.12 }
          lone: { ssh_host: 127.10.7.13, ssh_port: 2222, lab_address: 10.10.0.13 }
        children:
          web:
            hosts:
              web1:
          blue:
            hosts:
              web1:
          db:
            hosts:
              db1:
      "
    `)
  })

  it('has the login and the variables that the way to have hosts asks for', () => {
    const variables = () => ({ lab_root: '/state of/web1', lab_address: '127.10.7.11', become: false })
    const text = inventory(plan, endpoints, { user: 'me', variables, password: '' })
    expect(text).toContain('ssh_user: "me"')
    expect(text).toContain('lab_address: 127.10.7.11, lab_root: "/state of/web1", become: false }')
  })

  it('has no children when no host is in a group', () => {
    const alone = planLab('/p', simpleSpec('x', [{ name: 'a', groups: [] }]))
    expect(inventory(alone, {}, { ...login, password: '' })).not.toContain('children')
  })
})

describe('the files for ssh', () => {
  it('know a host under its loopback address, its name and its address in the lab', () => {
    expect(knownHosts(plan, endpoints, keys).split('\n')[0]).toBe(
      '[127.10.7.11]:2222,web1,10.10.0.11 ssh-ed25519 KEYweb1',
    )
  })

  it('lead to each host by name, and quote paths', () => {
    expect(sshConfig(plan, endpoints, 'admin')).toContain('Host db1\n  HostName 127.10.7.12\n  Port 2222\n')
    expect(sshConfig(plan, endpoints, 'admin')).toContain(
      'IdentityFile "/my project/.tsplay/lab/default/id_ed25519"',
    )
  })
})

describe('the files of a host', () => {
  const access = {
    authorizedKey: 'KEY\n',
    hostKeys: keys,
    operatorPassword: 'x',
    operatorHash: '$6$salt$hash',
  }
  const [web] = plan.hosts
  const files = web
    ? identityFiles(plan, web, {
        access,
        shadow: 'root:*:1::::::\noperator:!:1::::::\n',
        index: 'Package: a\n',
      })
    : []
  const texts = files.map((file) => [file.path, 'text' in file ? file.text : ''] as const)
  const text = (path: string) => new Map(texts).get(path)

  it("hold its own key and no other host's", () => {
    expect(text('etc/ssh/ssh_host_ed25519_key')).toBe('PRIVATE web1\n')
    expect(texts.some(([, content]) => content.includes('db1\n') && content.includes('PRIVATE'))).toBe(false)
  })

  it('name all hosts of the lab, and localhost', () => {
    expect(text('etc/hosts')).toMatch(/^127.0.0.1 localhost\n(.*\n)*10.10.0.11 web1\n10.10.0.12 db1\n/)
  })

  it('know what can be installed', () => {
    expect(text('var/lib/apt/lists/10.10.0.1_bookworm_._Packages')).toBe('Package: a\n')
  })

  it('let systemd make a machine id', () => {
    expect(text('etc/machine-id')).toBe('')
  })

  it('keep private files private', () => {
    const open = files.filter((file) => /key$|authorized_keys$/.test(file.path) && file.mode !== 0o600)
    expect(open).toEqual([])
    expect(files.find((file) => file.path === 'etc/shadow')).toMatchObject({ mode: 0o640 })
  })

  it('set the password of one user and leave the others', () => {
    expect(text('etc/shadow')).toBe('root:*:1::::::\noperator:$6$salt$hash:1::::::\n')
    expect(withPassword('xoperator:!:1\n', 'operator', 'h')).toBe('xoperator:!:1\n')
  })
})
