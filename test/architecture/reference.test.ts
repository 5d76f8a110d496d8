import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { commandTable } from '#cli/command-table.ts'
import { functionReference } from '#lang/function-reference.ts'
import { diagnosticCodes } from '#model/diagnostic.ts'
import { exitCodes } from '#model/exit-code.ts'
import { generatedFiles, staleFiles } from '../../scripts/generated-files.ts'

const root = join(import.meta.dirname, '..', '..')
const page = (name: string): string => readFileSync(join(root, 'docs', name), 'utf8')
const files = await generatedFiles()

const pages = [
  'docs/cli.md',
  'docs/diagnostics.md',
  'docs/exit-codes.md',
  'docs/functions.md',
  'docs/schedules.schema.json',
]

describe('the reference pages', () => {
  test.each(pages)('%s is fresh: else run "npm run generate"', (path) => {
    expect(files.has(path)).toBe(true)
    expect(staleFiles(new Map([[path, files.get(path)]]))).toEqual([])
  })

  test('a page that differs by one letter is named', () => {
    expect(staleFiles(new Map([['docs/cli.md', `${files.get('docs/cli.md')}x`]]))).toEqual(['docs/cli.md'])
  })

  test.each([
    [
      'cli.md',
      commandTable.flatMap(({ name, options }) => [
        name,
        ...options.flatMap(({ rows }) => rows.map(({ flags }) => flags)),
      ]),
    ],
    ['diagnostics.md', Object.entries(diagnosticCodes).flat()],
    ['exit-codes.md', Object.values(exitCodes).map(([code, text]) => `${code} | ${text}`)],
    ['functions.md', functionReference().map(({ summary }) => summary)],
  ])('%s leaves nothing out', (name, texts) => {
    const text = page(name).replaceAll('\\|', '|')
    expect(texts.filter((one) => !text.includes(one))).toEqual([])
  })

  test.each(pages)('no table of %s is torn by a bar or a line end', (path) => {
    const tables = (files.get(path) ?? '').split('\n\n').filter((part) => part.startsWith('|'))
    for (const table of tables) {
      const widths = table
        .trimEnd()
        .split('\n')
        .map((line) => line.replaceAll('\\|', '').split('|').length)
      expect(new Set(widths).size, table).toBe(1)
    }
  })
})
