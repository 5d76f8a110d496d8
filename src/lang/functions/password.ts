import { randomInt } from 'node:crypto'
import { Secret } from '#model/secret.ts'
import type { ControllerReads } from '#model/value.ts'
import { integerOf, textOf } from './arguments.ts'
import { BadArgument } from './function-definition.ts'

const classes: Readonly<Record<string, string>> = {
  ascii_lowercase: 'abcdefghijklmnopqrstuvwxyz',
  ascii_uppercase: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  ascii_letters: 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ',
  digits: '0123456789',
  hexdigits: '0123456789abcdef',
  punctuation: '.,:-_',
}

/** The password kept in a file; a missing file is made first, so that every later run finds the same one. */
export function password(
  controller: ControllerReads,
  path: string,
  options: { length: unknown; characters: unknown },
): Secret {
  if (!controller.exists(path)) {
    if (!controller.createSecret) throw new BadArgument(`The password file "${path}" does not exist.`)
    controller.createSecret(path, `${generated(options.length, options.characters)}\n`)
  }
  return new Secret(controller.readFile(path).replace(/[\r\n]+$/, ''))
}

function generated(length: unknown, characters: unknown): string {
  const count = length === undefined ? 20 : integerOf(length)
  if (count < 1 || count > 1024) throw new BadArgument('A password has 1 to 1024 characters.')
  const alphabet = [...alphabetOf(characters === undefined ? 'ascii_letters,digits' : textOf(characters))]
  return Array.from({ length: count }, () => alphabet[randomInt(alphabet.length)]).join('')
}

/** Names of classes, or characters themselves, divided by commas. */
function alphabetOf(written: string): ReadonlySet<string> {
  const characters = written.split(',').flatMap((part) => [...(classes[part.trim()] ?? part)])
  if (characters.length === 0) throw new BadArgument('There are no characters to make a password of.')
  return new Set(characters)
}
