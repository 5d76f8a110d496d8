import { createHash } from 'node:crypto'
import { textOf } from './arguments.ts'
import { BadArgument, type FunctionDefinition } from './function-definition.ts'

export const encodingFunctions: readonly FunctionDefinition[] = [
  {
    name: 'b64encode',
    signature: 'b64encode(text)',
    summary: 'Writes text (as UTF-8) in base64.',
    example: ["b64encode('web')", 'd2Vi'],
    call: ([text]) => Buffer.from(textOf(text), 'utf8').toString('base64'),
  },
  {
    name: 'b64decode',
    signature: 'b64decode(text)',
    summary: 'Reads base64 as UTF-8 text.',
    example: ["b64decode('d2Vi')", 'web'],
    call: ([text]) => decoded(textOf(text)),
  },
  {
    name: 'hash',
    signature: 'hash(text, algorithm?)',
    summary: 'Gives a checksum in hexadecimal: sha1 (the default, as in Ansible), sha256, sha512 or md5.',
    example: ["hash('web', 'md5')", '2567a5ec9705eb7ac2c984033e06189d'],
    call: ([text, algorithm]) => hashed(textOf(text), algorithm === undefined ? 'sha1' : textOf(algorithm)),
  },
  {
    name: 'quote',
    signature: 'quote(text)',
    summary: 'Writes text as one word for a POSIX shell.',
    example: ["quote('a b')", "'a b'"],
    call: ([text]) => quoted(textOf(text)),
  },
  {
    name: 'urlencode',
    signature: 'urlencode(text)',
    summary: 'Writes text so that it can stand in a URL.',
    example: ["urlencode('a b/c')", 'a%20b/c'],
    call: ([text]) => encodeURIComponent(textOf(text)).replaceAll('%2F', '/'),
  },
]

function decoded(text: string): string {
  const compact = text.replace(/\s/g, '').replaceAll('-', '+').replaceAll('_', '/')
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(compact)) throw new BadArgument('The text is not base64.')
  return Buffer.from(compact, 'base64').toString('utf8')
}

const algorithms = ['sha1', 'sha224', 'sha256', 'sha384', 'sha512', 'md5']

function hashed(text: string, algorithm: string): string {
  const name = algorithm.toLowerCase().replace('-', '')
  if (!algorithms.includes(name)) {
    throw new BadArgument(`"${algorithm}" is no checksum tsplay knows; use one of ${algorithms.join(', ')}.`)
  }
  return createHash(name).update(text, 'utf8').digest('hex')
}

function quoted(text: string): string {
  if (text.includes('\0')) throw new BadArgument('A shell word cannot hold a NUL byte.')
  return /^[\w./:=@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
