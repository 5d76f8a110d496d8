import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import knownHosts from '#modules/known-hosts.ts'
import { fieldsOf, withBench } from '../support/with-bench.ts'

describe('known_hosts', () => {
  const bench = withBench()
  const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA'
  const other = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB'
  const path = (): string => `${bench().folder}/known_hosts`
  const text = (): string => readFileSync(path(), 'utf8')

  it('adds a host, making the file', async () => {
    await bench().converge(knownHosts, {
      name: 'git.example.org',
      key: `git.example.org,10.0.0.1 ${key}`,
      path: path(),
    })
    expect(text()).toBe(`git.example.org,10.0.0.1 ${key}\n`)
    expect(statSync(path()).mode & 0o777).toBe(0o644)
  })

  it('replaces a key of the same type and leaves other names their line', async () => {
    await bench().converge(knownHosts, {
      name: 'git.example.org',
      key: `git.example.org ${other}`,
      path: path(),
    })
    expect(text()).toBe(`10.0.0.1 ${key}\ngit.example.org ${other}\n`)
  })

  it('hides a name, finds it again, and forgets it', async () => {
    await bench().converge(knownHosts, {
      name: 'git.example.org',
      key: `git.example.org ${other}`,
      path: path(),
      hash_host: true,
    })
    expect(text()).toMatch(/^10\.0\.0\.1 .*\n\|1\|\S+ ssh-ed25519 \S+\n$/)
    await bench().converge(knownHosts, { name: 'git.example.org', state: 'absent', path: path() })
    expect(text()).toBe(`10.0.0.1 ${key}\n`)
  })

  it('leaves a key alone that differs from the one to be removed', async () => {
    writeFileSync(path(), `h ${key}\n`)
    const outcome = await bench().converge(knownHosts, {
      name: 'h',
      key: `h ${other}`,
      state: 'absent',
      path: path(),
    })
    expect(fieldsOf(outcome)).toEqual([])
  })

  it('refuses the key of another host', async () => {
    const asked = bench().run(knownHosts, { name: 'a', key: `b ${key}`, path: path() })
    await expect(asked).rejects.toThrow('The key is one of b, not of a.')
  })
})
