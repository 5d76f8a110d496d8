import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import mount from '#modules/mount.ts'
import { removeFstabEntry, setFstabEntry } from '#sdk/fstab-text.ts'
import { fieldsOf, isRoot, withBench } from '../support/with-bench.ts'

describe('fstab text', () => {
  const entry = {
    source: '/dev/sdb1',
    path: '/srv/my data',
    fstype: 'ext4',
    options: 'noatime',
    dump: '0',
    pass: '2',
  }
  const line = '/dev/sdb1 /srv/my\\040data ext4 noatime 0 2\n'
  const place = { path: '/srv/my data' }

  it.each([
    ['adds a line', '# a\n/dev/sda1 / ext4', `# a\n/dev/sda1 / ext4\n${line}`],
    ['leaves a line alone that says the same', line.replaceAll(' ', '\t'), line.replaceAll(' ', '\t')],
    ['changes a line where it stands', '/dev/x /srv/my\\040data/ xfs\n# b\n', `${line}# b\n`],
  ])('%s', (_title, before, after) => {
    expect(setFstabEntry(before, entry, place)).toBe(after)
    expect(setFstabEntry(after, entry, place)).toBe(after)
  })

  it('removes a line, and swap by its source', () => {
    expect(removeFstabEntry(`# a\n${line}`, place)).toBe('# a\n')
    expect(removeFstabEntry('/swap none swap sw 0 0\n', { path: 'none', source: '/other' })).toContain(
      '/swap',
    )
    expect(removeFstabEntry('/swap none swap sw 0 0\n', { path: 'none', source: '/swap' })).toBe('')
  })
})

describe.skipIf(!isRoot)('mount', () => {
  const bench = withBench((open) => open.run(mount, { path: `${open.folder}/a b`, state: 'unmounted' }))
  const common = () => ({ path: `${bench().folder}/a b`, fstab: `${bench().folder}/fstab` })
  const tmpfs = { src: 'tmpfs', fstype: 'tmpfs' }
  const live = (): string => readFileSync('/proc/self/mounts', 'utf8')

  it('mounts what the table says, and mounts it anew when the table changes', async () => {
    const first = await bench().converge(mount, { ...common(), ...tmpfs, opts: 'size=1m', state: 'mounted' })
    expect(fieldsOf(first)).toEqual(['fstab', 'mount'])
    expect(live()).toContain('size=1024k')
    await bench().converge(mount, { ...common(), ...tmpfs, opts: 'size=2m', state: 'mounted' })
    expect(live()).toContain('size=2048k')
  })

  it('acts each time when told to mount anew', async () => {
    const outcome = await bench().run(mount, { ...common(), state: 'remounted' })
    expect([fieldsOf(outcome), outcome.unsettled]).toEqual([['mount'], []])
  })

  it('unmounts and keeps the table, then removes all of it', async () => {
    expect(fieldsOf(await bench().converge(mount, { ...common(), state: 'unmounted' }))).toEqual(['mount'])
    expect(readFileSync(common().fstab, 'utf8')).toContain('a\\040b tmpfs')
    expect(fieldsOf(await bench().converge(mount, { ...common(), state: 'absent' }))).toEqual(['fstab'])
    expect(existsSync(common().path)).toBe(false)
  })

  it('mounts for now only', async () => {
    await bench().converge(mount, { ...common(), ...tmpfs, state: 'ephemeral' })
    expect(readFileSync(common().fstab, 'utf8')).toBe('')
    await bench().converge(mount, { ...common(), state: 'absent' })
  })

  it('keeps a mount out of the boot', async () => {
    const outcome = await bench().converge(mount, { ...common(), ...tmpfs, state: 'present', boot: false })
    expect(outcome.changes).toMatchObject([{ field: 'fstab', after: 'tmpfs tmpfs defaults,noauto' }])
    await bench().converge(mount, { ...common(), state: 'absent_from_fstab' })
  })

  it('says what is missing', async () => {
    await expect(bench().run(mount, { ...common(), state: 'mounted' })).rejects.toThrow('`src` is missing')
  })
})
