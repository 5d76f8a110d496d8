import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { loginShellWord } from '#transport/login-shell-word.ts'

const shells = ['bash', 'dash', 'mksh', 'fish', 'tcsh', 'csh', 'zsh', 'busybox sh'].filter((shell) => {
  try {
    execFileSync('sh', ['-c', `command -v ${shell.split(' ')[0]}`], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})

const words = [
  'plain',
  'a b  c',
  '"$HOME" `id` $(id)',
  'while IFS= read -r l; do [ "$l" = x ] && break; done; exec sh',
  'a\\"b\\$c',
  'DOMAIN\\user',
  '*?[a]{b,c}~#;&|<>()',
  'größe',
]

describe('a word for any login shell', () => {
  it.each(shells)('comes out of %s as it went in', (shell) => {
    const [program = '', ...args] = shell.split(' ')
    for (const word of words) {
      const out = execFileSync(program, [...args, '-c', `printf %s ${loginShellWord(word)}`], {
        encoding: 'utf8',
        env: { PATH: process.env['PATH'], HOME: '/nonexistent' },
      })
      expect(out).toBe(word)
    }
  })

  it.each(["it's", 'bang!', 'two\nlines', 'double \\\\ backslash', 'ends with \\', 'nul\0'])(
    'refuses what no quoting carries: %j',
    (word) => {
      expect(() => loginShellWord(word)).toThrow(RangeError)
    },
  )
})
