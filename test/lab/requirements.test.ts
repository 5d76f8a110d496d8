import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { missingPrograms } from '#lab/requirements.ts'
import { scratchFolder } from '../support/scratch-folder.ts'

describe('the requirements', () => {
  it('name the programs that the search path does not have', async () => {
    const folder = await scratchFolder()
    await writeFile(join(folder, 'mmdebstrap'), '', { mode: 0o755 })
    await writeFile(join(folder, 'ip'), '', { mode: 0o644 })
    const missing = await missingPrograms(folder)
    expect(missing).toContain('ip')
    expect(missing).not.toContain('mmdebstrap')
  })
})
