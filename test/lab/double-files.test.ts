import { expect, it } from 'vitest'
import { doubleFiles, stoodInFor } from '#lab/double-files.ts'
import { rootImages, userImages } from '#lab/image-kind.ts'

it('gives a host without doubles nothing', async () => {
  expect(await doubleFiles({ doubles: [] }, { image: rootImages })).toEqual([])
})

it('stands in for systemctl where the init is not systemd', () => {
  const programs = (image: typeof userImages | undefined) => stoodInFor(['systemd', 'mailq'], image)
  expect(programs(rootImages)).toEqual(['mailq'])
  for (const image of [userImages, undefined]) expect(programs(image)).toContain('systemctl')
})
