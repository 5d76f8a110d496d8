import { basename, dirname, join } from 'node:path'
import { nearest } from '#base/did-you-mean.ts'
import type { Diagnostic } from '#model/diagnostic.ts'
import type { SourceRange } from '#model/source.ts'
import type { SourceReader } from './source-reader.ts'

const words = {
  tasks: 'task file',
  handlers: 'file of handlers',
  vars: 'file of variables',
  playbook: 'playbook',
  template: 'template',
  file: 'file',
} as const

/** Says that a named file is at none of the places searched, and which name there comes near. */
export function missingFile(
  reader: SourceReader,
  named: { readonly what: keyof typeof words; readonly name: string; readonly range: SourceRange },
  searched: readonly string[],
): Diagnostic {
  const { what, name, range } = named
  const folders = [...new Set(searched.map((path) => dirname(path)))]
  const entries = folders.flatMap((folder) => reader.list(folder))
  const near = nearest(basename(name), new Set(entries.map((entry) => entry.name)))
  const places = `Searched: ${searched.map((path) => reader.display(path)).join(', ')}.`
  return {
    code: 'file-missing',
    severity: 'error',
    message: `There is no ${words[what]} "${name}".`,
    remedy: near ? `Did you mean "${join(dirname(name), near)}"? ${places}` : places,
    range,
  }
}
