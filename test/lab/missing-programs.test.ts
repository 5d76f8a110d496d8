import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { missingPrograms } from '#lab/missing-programs.ts'
import { scratchFolder } from '../support/scratch-folder.ts'

describe('the programs of a lab', () => {
  it('are missing when the search path does not have them, and say what brings them', async () => {
    const folder = await scratchFolder()
    await writeFile(join(folder, 'mmdebstrap'), '', { mode: 0o755 })
    await writeFile(join(folder, 'ip'), '', { mode: 0o644 })
    expect(await missingPrograms({ ip: 'iproute2', mmdebstrap: 'mmdebstrap' }, folder)).toEqual([
      { what: 'ip', remedy: 'Install the Debian package iproute2.', packages: ['iproute2'] },
    ])
  })
})
