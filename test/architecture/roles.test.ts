import { describe, expect, it } from 'vitest'
import { rolesHere } from '#app/find-scenarios.ts'
import { readRolePage } from '#app/read-role-page.ts'
import { generatedFiles, staleFiles } from '../../scripts/generated-files.ts'

const files = await generatedFiles()

describe.each(rolesHere())('the role %s', (role) => {
  it('says what each of its arguments is', async () => {
    const { summary, args } = await readRolePage(role)
    expect(summary).not.toBe('')
    expect(args.filter(({ description }) => description === '').map(({ name }) => name)).toEqual([])
  })

  it('has a fresh README: else run "npm run generate"', () => {
    const path = `roles/${role}/README.md`
    expect(files.has(path) ? staleFiles(new Map([[path, files.get(path)]])) : []).toEqual([])
  })
})
