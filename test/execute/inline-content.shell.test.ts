import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { inlineContent } from '#execute/inline-content.ts'
import { quote } from '#sdk/quote.ts'

/** What `sh` makes of it. */
async function printed(bytes: Uint8Array, shell: readonly string[]): Promise<Uint8Array> {
  const inline = await inlineContent(bytes)
  if (!inline) throw new Error('It is too large.')
  const script = 'text' in inline ? `printf %s ${quote(inline.text)}` : `printf ${quote(inline.escaped)}`
  const [program = '', ...options] = shell
  return Uint8Array.from(execFileSync(program, options, { input: script, maxBuffer: 1 << 20 }))
}

test.each([[['sh']], [['bash', '--posix']]])('%s prints any bytes as they were', async (shell) => {
  const all = Uint8Array.from({ length: 256 }, (_, i) => i)
  expect(await printed(all, shell)).toEqual(all)
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
      expect(await printed(bytes, shell)).toEqual(Uint8Array.from(bytes))
    }),
    { numRuns: 40 },
  )
})

test('what begins like an option or holds digits behind an escape is printed as well', async () => {
  for (const text of ['-n\0', '\x001', '%s\0\\n', '\xff7']) {
    const bytes = Uint8Array.from(Buffer.from(text, 'latin1'))
    expect(await printed(bytes, ['sh'])).toEqual(bytes)
  }
})

test('large content does not travel inside a script', async () => {
  expect(await inlineContent('x'.repeat(128 * 1024 + 1))).toBeUndefined()
  expect(await inlineContent(new Uint8Array(32 * 1024 + 1))).toBeUndefined()
  expect(await inlineContent(new Uint8Array(32 * 1024))).toBeDefined()
})
