import { expect, it } from 'vitest'
import { doubleFiles } from '#lab/double-files.ts'
import { rootImages, userImages } from '#lab/image-kind.ts'

it('gives a host without doubles nothing', async () => {
  expect(await doubleFiles({ doubles: [] }, { image: rootImages })).toEqual([])
})

it('stands in for systemctl where the init is not systemd, and has the init call it', async () => {
  const paths = async (image: typeof userImages | undefined) =>
    (await doubleFiles({ doubles: ['systemd', 'mailq'] }, { image })).map(({ path }) => path)
  expect(await paths(rootImages)).toContain('usr/local/sbin/mailq')
  expect(await paths(rootImages)).not.toContain('usr/local/bin/systemctl')
  expect(await paths(userImages)).toEqual(expect.arrayContaining(['usr/local/bin/systemctl', 'etc/inittab']))
  expect(await paths(undefined)).toContain('usr/local/bin/systemctl')
  expect(await paths(undefined)).not.toContain('etc/inittab')
})
