import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import type { ModuleOutcome } from '#execute/run-module.ts'
import { Unknown } from '#model/unknown.ts'
import git from '#modules/git.ts'
import { gitEnvironment, makeRepository, runGit } from '../support/git-repository.ts'
import { fieldsOf, withBench } from '../support/with-bench.ts'

// Each git is a dozen processes, which take long on a busy machine.
vi.setConfig({ testTimeout: 30_000 })

const bench = withBench()
const at = (...names: string[]): string => join(bench().folder, ...names)
let count = 0
const fresh = () => {
  count += 1
  return { repository: makeRepository(at(`repository-${count}`)), dest: at(`clone-${count}`, 'app') }
}
const env = gitEnvironment
const converge = (args: unknown): Promise<ModuleOutcome> => bench().converge(git, args, { env })
const run = (args: unknown, mode: 'apply' | 'check' = 'apply'): Promise<ModuleOutcome> => {
  // The repository changed behind the session's back.
  bench().session.store.forget([{ kind: 'everything' }])
  return bench().run(git, args, { env, mode })
}
const text = (...names: string[]): string => readFileSync(join(...names), 'utf8')

describe('a clone', () => {
  test('is made with the folders above it, and follows the branch', async () => {
    const { repository, dest } = fresh()
    const first = repository.commit({ a: '1\n' })
    const args = { repo: repository.path, dest }
    const check = await run(args, 'check')
    expect([check.changes, existsSync(dest)]).toEqual([
      [{ field: 'commit', before: undefined, after: first }],
      false,
    ])
    const made = await converge(args)
    expect([made.changes, made.result.data]).toEqual([check.changes, { before: undefined, after: first }])
    const second = repository.commit({ a: '2\n', 'sub/b': 'b' })
    expect((await run(args, 'check')).changes).toEqual([{ field: 'commit', before: first, after: second }])
    expect(text(dest, 'a')).toBe('1\n')
    const moved = await converge(args)
    expect(moved.result.data).toEqual({ before: first, after: second })
    expect([text(dest, 'a'), runGit(dest, ['rev-parse', '--abbrev-ref', 'HEAD'])]).toEqual(['2\n', 'main'])
  })

  test('follows a branch that was rewritten', async () => {
    const { repository, dest } = fresh()
    repository.commit({ a: '1\n' })
    repository.commit({ a: '2\n' })
    await converge({ repo: repository.path, dest, version: 'main' })
    repository.git('reset', '-q', '--hard', 'HEAD~1')
    const other = repository.commit({ a: 'other\n' })
    expect((await converge({ repo: repository.path, dest, version: 'main' })).result.data?.['after']).toBe(
      other,
    )
    expect(text(dest, 'a')).toBe('other\n')
  })

  test('goes to tags, commits, parts of their names, other branches and back', async () => {
    const { repository, dest } = fresh()
    const first = repository.commit({ a: '1\n' })
    repository.git('tag', '-a', 'v1', '-m', 'One')
    const second = repository.commit({ a: '2\n' })
    repository.git('checkout', '-q', '-b', 'feature/x', 'v1')
    const third = repository.commit({ a: '3\n' })
    repository.git('checkout', '-q', 'main')
    const versions = [
      ['v1', first],
      [first, first],
      [third.slice(0, 8), third],
      ['feature/x', third],
      ['refs/heads/feature/x', third],
      ['HEAD', second],
    ] as const
    for (const [version, commit] of versions) {
      const { result } = await converge({ repo: repository.path, dest, version })
      expect([version, result.data?.['after']]).toEqual([version, commit])
    }
    for (const [version, commit] of versions.filter(([name]) => /^v1$|^[0-9a-f]{8}$|^refs/.test(name))) {
      const apart = at(`apart-${count}-${version.replaceAll('/', '-')}`)
      const { result } = await converge({ repo: repository.path, dest: apart, version })
      expect([version, result.data?.['after']]).toEqual([version, commit])
    }
  })

  test('of a full commit that is checked out needs no repository', async () => {
    const { repository, dest } = fresh()
    const first = repository.commit({ a: '1\n' })
    await converge({ repo: repository.path, dest, version: first })
    repository.git('config', '--local', 'core.bare', 'true')
    const gone = { repo: repository.path, dest, version: first }
    writeFileSync(join(repository.path, '.git', 'HEAD'), 'broken')
    expect((await run(gone)).changes).toEqual([])
    await expect(run({ ...gone, version: 'main' })).rejects.toThrow('git cannot read the repository')
  })

  test('is left alone with update: false, and not made with clone: false', async () => {
    const { repository, dest } = fresh()
    const first = repository.commit({ a: '1\n' })
    const notMade = await run({ repo: repository.path, dest, clone: false })
    expect([notMade.changes, existsSync(dest)]).toEqual([[], false])
    await converge({ repo: repository.path, dest })
    repository.commit({ a: '2\n' })
    const kept = await converge({ repo: repository.path, dest, update: false })
    expect([kept.changes, kept.result.data]).toEqual([[], { before: first, after: first }])
  })

  test('goes into an empty folder, with its mode, and into no other', async () => {
    const { repository, dest } = fresh()
    repository.commit({ a: '1\n' })
    mkdirSync(dest, { recursive: true })
    await converge({ repo: repository.path, dest })
    const full = at('full')
    mkdirSync(full)
    writeFileSync(join(full, 'mine'), '')
    await expect(run({ repo: repository.path, dest: full })).rejects.toThrow('no Git repository')
  })

  test('changes where it fetches from', async () => {
    const { repository, dest } = fresh()
    repository.commit({ a: '1\n' })
    await converge({ repo: repository.path, dest })
    const moved = makeRepository(at(`moved-${count}`))
    moved.git('pull', '-q', repository.path, 'main')
    const { changes, result } = await converge({ repo: moved.path, dest })
    expect(changes).toEqual([{ field: 'remote_url', before: repository.path, after: moved.path }])
    expect(result.data).toMatchObject({ remote_url_changed: true })
  })

  test('may be of a repository without commits', async () => {
    const { repository, dest } = fresh()
    await converge({ repo: repository.path, dest })
    const first = repository.commit({ a: '1\n' })
    expect((await converge({ repo: repository.path, dest })).result.data?.['after']).toBe(first)
  })
})

describe('local modifications', () => {
  test('are a failure, and are thrown away with force', async () => {
    const { repository, dest } = fresh()
    repository.commit({ a: '1\n', b: '1\n' })
    const args = { repo: repository.path, dest }
    await converge(args)
    writeFileSync(join(dest, 'a'), 'mine\n')
    writeFileSync(join(dest, 'untracked'), 'mine\n')
    for (const mode of ['check', 'apply'] as const) {
      await expect(run(args, mode)).rejects.toThrow('Local modifications exist in the destination')
    }
    const forced = await converge({ ...args, force: true })
    expect(forced.changes).toEqual([{ field: 'local modifications', before: ['a'], after: [] }])
    expect([text(dest, 'a'), text(dest, 'untracked')]).toEqual(['1\n', 'mine\n'])
  })
})

describe('a part of a repository', () => {
  test('is fetched with depth, by branch, tag and commit', async () => {
    const { repository, dest } = fresh()
    const first = repository.commit({ a: '1\n' })
    repository.git('tag', 'v1')
    repository.commit({ a: '2\n' })
    repository.git('checkout', '-q', '-b', 'side')
    const third = repository.commit({ a: '3\n' })
    repository.git('checkout', '-q', 'main')
    const repo = `file://${repository.path}`
    await converge({ repo, dest, depth: 1 })
    expect(runGit(dest, ['rev-list', '--count', 'HEAD'])).toBe('1')
    for (const [version, commit] of [
      ['side', third],
      ['v1', first],
      [third, third],
    ] as const) {
      const { result } = await converge({ repo, dest, depth: 1, version })
      expect(result.data?.['after']).toBe(commit)
    }
    const newer = repository.commit({ a: '4\n' })
    expect((await converge({ repo, dest, depth: 1, version: 'main' })).result.data?.['after']).toBe(newer)
  })

  test('can be a single branch', async () => {
    const { repository, dest } = fresh()
    repository.commit({ a: '1\n' })
    repository.git('branch', 'side')
    await converge({ repo: repository.path, dest, version: 'main', single_branch: true })
    expect(runGit(dest, ['branch', '-r'])).not.toContain('side')
    repository.git('checkout', '-q', 'side')
    const next = repository.commit({ a: '2\n' })
    const { result } = await converge({ repo: repository.path, dest, version: 'side', single_branch: true })
    expect(result.data?.['after']).toBe(next)
  })

  test('is what a refspec brings', async () => {
    const { repository, dest } = fresh()
    repository.commit({ a: '1\n' })
    repository.git('checkout', '-q', '--detach')
    const pull = repository.commit({ a: 'pull\n' })
    repository.git('update-ref', 'refs/pull/7/head', pull)
    repository.git('checkout', '-q', 'main')
    const args = {
      repo: repository.path,
      dest,
      version: 'pr/7',
      refspec: '+refs/pull/*/head:refs/heads/pr/*',
    }
    expect((await converge(args)).result.data?.['after']).toBe(pull)
  })
})

test('a bare clone follows all branches', async () => {
  const { repository, dest } = fresh()
  const first = repository.commit({ a: '1\n' })
  const args = { repo: repository.path, dest, bare: true, version: 'main' }
  expect((await converge(args)).result.data?.['after']).toBe(first)
  const second = repository.commit({ a: '2\n' })
  expect((await converge(args)).result.data).toEqual({ before: first, after: second })
  expect(runGit(dest, ['rev-parse', '--is-bare-repository', 'main'])).toBe(`true\n${second}`)
})

test('the repository can lie apart from the files', async () => {
  const { repository, dest } = fresh()
  repository.commit({ a: '1\n' })
  const apart = at('apart.git')
  await converge({ repo: repository.path, dest, separate_git_dir: apart, umask: '0077' })
  expect([existsSync(join(apart, 'HEAD')), text(dest, '.git')]).toEqual([true, `gitdir: ${apart}\n`])
})

test('submodules come along, and are brought up to date', async () => {
  const { repository, dest } = fresh()
  const inner = makeRepository(at(`inner-${count}`))
  inner.commit({ i: '1\n' })
  repository.git('submodule', '-q', 'add', inner.path, 'lib')
  repository.commit({ a: '1\n' })
  const args = { repo: repository.path, dest }
  await converge(args)
  expect(text(dest, 'lib', 'i')).toBe('1\n')
  const newer = inner.commit({ i: '2\n' })
  runGit(join(repository.path, 'lib'), ['fetch', '-q'])
  runGit(join(repository.path, 'lib'), ['checkout', '-q', newer])
  repository.commit({ a: '2\n' })
  await converge(args)
  expect(text(dest, 'lib', 'i')).toBe('2\n')
  runGit(join(dest, 'lib'), ['checkout', '-q', 'HEAD~1'])
  expect(fieldsOf(await converge(args))).toEqual(['submodules'])
  await converge({ repo: repository.path, dest: at('without'), recursive: false })
  expect(readdirSync(at('without', 'lib'))).toEqual([])
})

describe('ssh', () => {
  test('is called with the key and options, and never asks', async () => {
    const { repository, dest } = fresh()
    repository.commit({ a: '1\n' })
    const bin = at('bin')
    mkdirSync(bin, { recursive: true })
    const log = at('ssh.log')
    // Stands for ssh: notes its words and runs the last one, which is git's command for the server.
    const script = `#!/bin/sh\nprintf '%s\\n' "$*" >>${log}\nfor last; do :; done\nexec sh -c "$last"\n`
    writeFileSync(join(bin, 'ssh'), script)
    chmodSync(join(bin, 'ssh'), 0o755)
    const args = {
      repo: `git@git.example.org:${repository.path}`,
      dest,
      key_file: '/keys/my key',
      accept_hostkey: true,
      ssh_opts: '-o ProxyJump=gate',
    }
    const path = { ...env, PATH: `${bin}:${process.env['PATH']}` }
    await bench().converge(git, args, { env: path })
    expect(text(log).split('\n')[0]).toMatch(
      /^-o BatchMode=yes -i \/keys\/my key -o IdentitiesOnly=yes -o StrictHostKeyChecking=accept-new -o ProxyJump=gate .*git@git\.example\.org/,
    )
  })
})

describe('signatures', () => {
  test('count when they are good and from a key that is allowed', async () => {
    const { repository, dest } = fresh()
    const gpg = at('gpg')
    // Stands for gpg: signs anything, and finds every signature good.
    const signs =
      "echo '[GNUPG:] SIG_CREATED ' >&2; printf -- '-----BEGIN PGP SIGNATURE-----\\n\\nx\\n-----END PGP SIGNATURE-----\\n'"
    const verifies =
      "echo '[GNUPG:] NEWSIG'; echo '[GNUPG:] GOODSIG 1 Somebody'; echo '[GNUPG:] VALIDSIG SUB 2026-01-01 1 0 4 0 1 8 00 ABCD1234'"
    writeFileSync(
      gpg,
      `#!/bin/sh\ncat >/dev/null; case $* in *verify*) ${verifies} ;; *) ${signs} ;; esac\n`,
      {
        mode: 0o755,
      },
    )
    repository.git('config', 'gpg.program', gpg)
    repository.git('config', 'commit.gpgSign', 'true')
    const first = repository.commit({ a: '1\n' })
    const signed = { ...env, GIT_CONFIG_COUNT: '2', GIT_CONFIG_KEY_1: 'gpg.program', GIT_CONFIG_VALUE_1: gpg }
    const args = { repo: repository.path, dest, verify_commit: true }
    const refused = bench().run(git, { ...args, gpg_allowlist: ['FFFF'] }, { env: signed })
    await expect(refused).rejects.toThrow('The key ABCD1234 that signed it is not in gpg_allowlist.')
    expect(existsSync(dest)).toBe(false)
    const { result } = await bench().converge(git, { ...args, gpg_allowlist: ['abcd 1234'] }, { env: signed })
    expect([result.data?.['after'], text(dest, 'a')]).toEqual([first, '1\n'])
  })
})

describe('failures', () => {
  test('are a host without git; in check mode it may be about to get one', async () => {
    const options = { env: { ...env, PATH: at('no-programs') } }
    const args = { repo: 'https://git.example.org/app', dest: at('never') }
    await expect(bench().run(git, args, options)).rejects.toThrow('git is not installed on the host.')
    const { changes } = await bench().run(git, args, { ...options, mode: 'check' })
    expect(changes[0]?.after).toBeInstanceOf(Unknown)
  })

  test('name the version that is not there, and leave nothing behind', async () => {
    const { repository, dest } = fresh()
    repository.commit({ a: '1\n' })
    await expect(run({ repo: repository.path, dest, version: 'nope' })).rejects.toThrow(
      `${repository.path} has no branch, tag or commit "nope".`,
    )
    const absent = 'ab'.repeat(20)
    await expect(run({ repo: repository.path, dest, version: absent })).rejects.toThrow('git failed:')
    expect(existsSync(dest)).toBe(false)
    mkdirSync(dest, { recursive: true })
    await expect(run({ repo: repository.path, dest, version: absent })).rejects.toThrow('git failed:')
    expect(readdirSync(dest)).toEqual([])
  })

  test('name a repository that is not there', async () => {
    const failing = run({ repo: at('nothing'), dest: at('never') }, 'check')
    await expect(failing).rejects.toThrow(
      /^git cannot read the repository: .* does not appear to be a git repository$/,
    )
  })

  test('are an unsigned commit, which is not checked out', async () => {
    const { repository, dest } = fresh()
    const first = repository.commit({ a: '1\n' })
    const args = { repo: repository.path, dest, verify_commit: true }
    await expect(run(args)).rejects.toThrow('The signature cannot be verified')
    expect(existsSync(dest)).toBe(false)
    await converge({ ...args, verify_commit: false })
    repository.commit({ a: '2\n' })
    await expect(run(args)).rejects.toThrow('The signature cannot be verified')
    expect([runGit(dest, ['rev-parse', 'HEAD']), text(dest, 'a')]).toEqual([first, '1\n'])
  })

  test('do not show the password in a URL', async () => {
    const { repository, dest } = fresh()
    repository.commit({ a: '1\n' })
    await converge({ repo: repository.path, dest })
    runGit(dest, ['remote', 'set-url', 'origin', 'https://me:hidden@git.example.org/app'])
    const { changes } = await run({ repo: repository.path, dest }, 'check')
    expect(changes).toMatchObject([{ before: 'https://me:***@git.example.org/app' }])
  })
})
