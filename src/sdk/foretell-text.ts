import { byteText, encodeBytes } from './byte-text.ts'
import type { KeyedFact } from './fact.ts'
import { pathWord } from './host-path.ts'
import type { ChangeContext, Foretelling } from './module.ts'
import { raw } from './quote.ts'
import { sha256 } from './sha256.ts'
import type { TextFile, TextFileArgs } from './text-file.ts'

/** Larger files are written over a channel of their own, which nothing can follow unheard. */
const mostBytes = 128 * 1024

interface TextFacts {
  readonly pathState: KeyedFact<unknown>
  readonly fileContent: KeyedFact<unknown>
}

/** What `applyTextFile` makes the facts of a file answer, when it does no more than give it another text. */
export async function foretellText(
  { args, state, changes }: ChangeContext<TextFileArgs, TextFile>,
  { pathState, fileContent }: TextFacts,
): Promise<Foretelling | undefined> {
  const { place, content } = state
  const { entry, link, path } = place
  const after = changes.find(({ diff }) => diff)?.diff?.after
  if (after === undefined || !content || link || entry?.type !== 'file') return undefined
  if (changes.some(({ field }) => field !== 'content')) return undefined
  const encoded = encodeBytes({ text: after, utf8: content.utf8 })
  const bytes = typeof encoded === 'string' ? new TextEncoder().encode(encoded) : Uint8Array.from(encoded)
  if (bytes.length > mostBytes) return undefined
  const written = { ...entry, size: bytes.length }
  const { mode, uid, gid } = entry
  const known = { path, exists: true, large: false, mode, uid, gid, ...byteText(bytes) }
  const word = pathWord(path)
  return {
    answers: [
      { fact: pathState, key: args.path, value: { ...place, entry: written, followed: written } },
      { fact: fileContent, key: args.path, value: known },
    ],
    check: raw(
      `[ -f ${word} ] && [ ! -L ${word} ] && [ "$(sha256sum < ${word})" = '${await sha256(bytes)}  -' ]`,
    ),
  }
}
