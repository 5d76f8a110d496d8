import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import apt from '#modules/apt.ts'
import dpkgSelections from '#modules/dpkg-selections.ts'
import packageModule from '#modules/package.ts'
import { parseAptPackage } from '#sdk/apt-package.ts'
import { type ModuleBench, openModuleBench } from '../support/module.ts'
import { play, playIn } from '../support/play.ts'
import { fieldsOf, isRoot } from '../support/with-bench.ts'

describe('names of packages', () => {
  it.each([
    ['nginx', { name: 'nginx', version: undefined, release: undefined, pattern: false }],
    ['nginx:i386=1.2-3', { name: 'nginx:i386', version: '1.2-3' }],
    ['nginx=1.2.*', { name: 'nginx', version: '1.2.*', pattern: false }],
    ['nginx/bookworm-backports', { name: 'nginx', release: 'bookworm-backports' }],
    ['lib*-dev', { pattern: true }],
  ])('reads %s', (text, expected) => {
    expect(parseAptPackage(text)).toMatchObject(expected)
  })
})

const hasApt = isRoot && existsSync('/usr/bin/apt-get') && existsSync('/usr/bin/dpkg-scanpackages')

/** apt and dpkg work on a root folder of their own: nothing is installed on this machine. */
describe.skipIf(!hasApt)('apt', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tsplay-apt-'))
  const root = join(folder, 'root')
  const kept = { ...process.env }
  let bench: ModuleBench

  const build = (name: string, version: string, more = ''): void => {
    const tree = join(folder, 'build')
    mkdirSync(join(tree, 'DEBIAN'), { recursive: true })
    mkdirSync(join(tree, 'etc'), { recursive: true })
    writeFileSync(join(tree, 'etc', `${name}.conf`), version)
    writeFileSync(join(tree, 'DEBIAN', 'conffiles'), `/etc/${name}.conf\n`)
    const control = `Package: ${name}\nVersion: ${version}\nArchitecture: all\nMaintainer: T <t@example.org>\nDescription: test\n${more}`
    writeFileSync(join(tree, 'DEBIAN', 'control'), control)
    execFileSync('dpkg-deb', ['-b', tree, join(folder, 'repo', `${name}_${version}_all.deb`)], {
      stdio: 'ignore',
    })
    rmSync(tree, { recursive: true })
  }

  const publish = (): void => {
    const index = execFileSync('dpkg-scanpackages', ['-m', '.'], {
      cwd: join(folder, 'repo'),
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    writeFileSync(join(folder, 'repo', 'Packages'), index)
  }

  beforeAll(() => {
    for (const path of [
      'repo',
      'etc',
      'lists/partial',
      'cache/archives/partial',
      'root/var/lib/dpkg/info',
      'root/var/lib/dpkg/updates',
      'root/etc',
      'log',
    ]) {
      mkdirSync(join(folder, path), { recursive: true })
    }
    writeFileSync(join(root, 'var/lib/dpkg/status'), '')
    writeFileSync(join(folder, 'etc/sources.list'), `deb [trusted=yes] file:${folder}/repo ./\n`)
    writeFileSync(
      join(folder, 'apt.conf'),
      [
        `Dir::Etc "${folder}/etc";`,
        `Dir::State "${folder}";`,
        `Dir::State::lists "${folder}/lists";`,
        `Dir::State::status "${root}/var/lib/dpkg/status";`,
        `Dir::Cache "${folder}/cache";`,
        `Dir::Log "${folder}/log";`,
        `DPkg::Options { "--root=${root}"; "--force-not-root"; };`,
        'APT::Sandbox::User "root";',
        '#clear DPkg::Pre-Install-Pkgs;',
        '#clear DPkg::Post-Invoke;',
        '#clear APT::Update::Post-Invoke;',
      ].join('\n'),
    )
    build('tsplay-t-a', '1.0')
    build('tsplay-t-a', '1.1')
    build('tsplay-t-b', '1.0', 'Depends: tsplay-t-a\nProvides: tsplay-t-virtual\n')
    publish()
    process.env['APT_CONFIG'] = join(folder, 'apt.conf')
    process.env['DPKG_ADMINDIR'] = join(root, 'var/lib/dpkg')
    bench = openModuleBench()
  })
  afterAll(async () => {
    await bench.close()
    process.env = kept
    rmSync(folder, { recursive: true })
  })

  const run = (args: object, mode: 'apply' | 'check' = 'apply') => bench.run(apt, args, { mode })

  it('says in check mode that apt knows no such package', async () => {
    await expect(run({ name: 'tsplay-t-a' }, 'check')).rejects.toThrow(
      'No package matching "tsplay-t-a" is available.',
    )
    expect(fieldsOf(await run({ name: 'tsplay-t-a', update_cache: true }, 'check'))).toEqual([
      'cache',
      'package tsplay-t-a',
    ])
  })

  it('refreshes lists that are too old to know a package, and installs it', async () => {
    const outcome = await bench.converge(apt, { name: 'tsplay-t-a=1.0' })
    expect(outcome.result.data).toMatchObject({
      cache_updated: true,
      stderr: expect.not.stringContaining('E:'),
    })
    expect(readFileSync(join(root, 'etc/tsplay-t-a.conf'), 'utf8')).toBe('1.0')
  })

  it('is content with a version that matches, and shows the one it would take', async () => {
    expect(fieldsOf(await run({ name: 'tsplay-t-a=1.*' }))).toEqual([])
    expect((await run({ name: 'tsplay-t-a', state: 'latest' }, 'check')).changes).toEqual([
      { field: 'package tsplay-t-a', before: '1.0', after: '1.1' },
    ])
    await expect(run({ name: 'tsplay-t-a=3.*' }, 'check')).rejects.toThrow(
      'tsplay-t-a=3.* is not among the versions: 1.1, 1.0.',
    )
  })

  it('upgrades, also everything', async () => {
    expect(fieldsOf(await run({ upgrade: 'dist' }, 'check'))).toEqual(['upgrade tsplay-t-a'])
    await bench.converge(apt, { name: 'tsplay-t-a', state: 'latest' })
    expect(fieldsOf(await run({ upgrade: 'dist' }))).toEqual([])
  })

  it("refuses a downgrade with apt's own words, unless it is allowed", async () => {
    await expect(run({ name: 'tsplay-t-a=1.0' })).rejects.toThrow('without --allow-downgrades')
    await bench.converge(apt, { name: 'tsplay-t-a=1.0', allow_downgrade: true })
  })

  it('finds new versions when it refreshes the lists, and tells whether there were any', async () => {
    build('tsplay-t-a', '2.0')
    publish()
    const latest = { name: 'tsplay-t-a', state: 'latest', update_cache: true }
    const found = await run(latest)
    expect([found.unsettled, found.result.changed]).toEqual([[], true])
    expect(readFileSync(join(root, 'etc/tsplay-t-a.conf'), 'utf8')).toBe('2.0')
    const again = await run(latest)
    expect([fieldsOf(again), again.result.changed]).toEqual([['cache'], false])
    expect(fieldsOf(await run(latest, 'check'))).toEqual([])
  })

  it('leaves fresh lists alone', async () => {
    expect(fieldsOf(await run({ update_cache: true, cache_valid_time: 3600 }))).toEqual([])
  })

  it('takes a name that an installed package provides for installed', async () => {
    await bench.converge(apt, { name: ['tsplay-t-b'] })
    expect(fieldsOf(await run({ name: ['tsplay-t-b', 'tsplay-t-virtual'] }))).toEqual([])
  })

  it('holds a package', async () => {
    expect(fieldsOf(await bench.converge(dpkgSelections, { name: 'tsplay-t-a', selection: 'hold' }))).toEqual(
      ['selection tsplay-t-a'],
    )
    await bench.converge(dpkgSelections, { name: 'tsplay-t-a', selection: 'install' })
  })

  it('removes, then what remains', async () => {
    expect(fieldsOf(await bench.converge(apt, { name: 'tsplay-t-*', state: 'absent' }))).toEqual([
      'package tsplay-t-*',
    ])
    const purged = await bench.converge(apt, { name: 'tsplay-t-a', state: 'absent', purge: true })
    expect(purged.changes).toEqual([{ field: 'package tsplay-t-a', before: 'config-files', after: 'absent' }])
  })

  it('installs a package file, unless a newer version is there', async () => {
    const file = (version: string): string => join(folder, 'repo', `tsplay-t-a_${version}_all.deb`)
    expect(fieldsOf(await bench.converge(apt, { deb: file('1.1') }))).toEqual(['deb tsplay-t-a'])
    expect(fieldsOf(await run({ deb: file('1.0') }))).toEqual([])
    appendFileSync(join(folder, 'no.deb'), 'x')
    await expect(run({ deb: join(folder, 'no.deb') })).rejects.toThrow('cannot be read as a Debian package')
  })

  it("serves the module package, which asks for the host's package manager", async () => {
    const outcome = await bench.converge(packageModule, { name: ['tsplay-t-a'], state: 'absent', use: 'apt' })
    expect(fieldsOf(outcome)).toEqual(['package tsplay-t-a'])
    await bench.converge(packageModule, { name: ['tsplay-t-a'], state: 'latest', use: 'apt' })
  })

  it('installs for neighbouring tasks at once, and each says what it has changed', async () => {
    for (const name of ['c', 'd', 'e', 'f', 'g', 'h']) build(`tsplay-t-${name}`, '1.0')
    publish()
    const installs = () =>
      readFileSync(join(folder, 'log/history.log'), 'utf8').match(/^Commandline: .* install .*/gm) ?? []
    const before = installs().length
    const playbook = `
- hosts: all
  gather_facts: false
  tasks:
    - { name: c, apt: { name: tsplay-t-c, update_cache: true } }
    - { name: never, apt: { name: tsplay-t-x }, when: false }
    - { name: d, apt: { name: [tsplay-t-d], update_cache: true }, register: second }
    - { name: e, apt: { name: tsplay-t-e, install_recommends: false } }
    - { name: wrong, apt: { name: tsplay-t-none }, ignore_errors: true }
    - { name: f, apt: { name: tsplay-t-f } }
    - { name: g, package: { name: tsplay-t-g, state: present } }
    - { name: h, package: { name: tsplay-t-h, state: present } }
    - { name: tell, debug: { msg: "{{ size second.changes }}" } }
`
    const run = await play(playbook)
    expect(run.log).toEqual([
      'a c changed',
      'a never skipped',
      'a d changed',
      'a e changed',
      'a wrong failed',
      'a f changed',
      'a g changed',
      'a h changed',
      'a tell ok',
    ])
    const fields = (task: string) => run.ended(task).changes?.map(({ field }) => field)
    expect(fields('c')).toEqual(['cache', 'package tsplay-t-c'])
    expect(fields('d')).toEqual(['cache', 'package tsplay-t-d'])
    expect(run.ended('c').stdout).toBe(run.ended('d').stdout)
    expect(run.ended('d').unsettled).toBeUndefined()
    const commands = installs().slice(before)
    expect(commands.map((line) => line.match(/tsplay-t-\w/g)?.join(' '))).toEqual([
      'tsplay-t-c tsplay-t-d',
      'tsplay-t-e',
      'tsplay-t-f',
      'tsplay-t-g tsplay-t-h',
    ])
    for (const name of ['c', 'd', 'e', 'f'])
      expect(existsSync(join(root, `etc/tsplay-t-${name}.conf`))).toBe(true)
    expect((await playIn(run.folder)).log.filter((line) => line.endsWith('changed'))).toEqual([])
  })

  it('ends with the words of apt when a package does not exist', async () => {
    await expect(run({ name: 'tsplay-t-nosuch' })).rejects.toThrow(
      'apt-get failed: Unable to locate package tsplay-t-nosuch',
    )
  })
})
