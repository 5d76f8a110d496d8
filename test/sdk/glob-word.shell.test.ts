import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { globWord } from '#sdk/glob-word.ts'
import { scratchFolder } from '../support/scratch-folder.ts'

const expand = (words: readonly string[], cwd: string): readonly string[] =>
  words.map((word) =>
    execFileSync('/bin/sh', ['-c', `printf '%s|' ${word}`], {
      encoding: 'utf8',
      cwd,
      env: { PATH: process.env['PATH'], HOME: cwd, LC_ALL: 'C' },
    }),
  )

test('matches files by *, ? and [], and nothing else is special', async () => {
  const folder = await scratchFolder()
  for (const name of ['a1', 'a2', 'b 1', "it's", '$x', '[']) writeFileSync(join(folder, name), '')
  mkdirSync(join(folder, 'sub dir'))
  writeFileSync(join(folder, 'sub dir', 'in'), '')
  const patterns = ['a*', 'a?', 'a[2-9]', 'b *', "it'?", '$*', '*/i?', 'no*', '~/a*', '[', 'a;b', '$(x)']
  expect(expand(patterns.map(globWord), folder)).toEqual([
    'a1|a2|',
    'a1|a2|',
    'a2|',
    'b 1|',
    "it's|",
    '$x|',
    'sub dir/in|',
    'no*|',
    `${folder}/a1|${folder}/a2|`,
    '[|',
    'a;b|',
    '$(x)|',
  ])
})

test('leaves a text without pattern as it is, whatever it holds', async () => {
  const folder = await scratchFolder()
  const texts = fc.sample(fc.stringMatching(/^[^*?[\]~\0\ud800-\udfff][^*?[\]\0\ud800-\udfff]{0,20}$/), 50)
  const line = texts.map(globWord).join(' ')
  const said = execFileSync('/bin/sh', ['-c', `printf '%s\\036' ${line}`], { encoding: 'utf8', cwd: folder })
  expect(said.split('\x1e').slice(0, -1)).toEqual(texts)
})
