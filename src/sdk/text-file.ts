import type { Change } from '#model/change.ts'
import { t } from './args.ts'
import { type ByteText, decodeBytes, encodeBytes } from './byte-text.ts'
import {
  type Attributes,
  attributeArgs,
  attributeChanges,
  attributeScript,
  ownerOf,
  wantedMode,
} from './file-attributes.ts'
import type { ReadHost, WriteHost } from './host.ts'
import { folderOf, pathWord } from './host-path.ts'
import { TaskFailure } from './module.ts'
import type { PathState } from './path-state.ts'
import { sh } from './quote.ts'

/** Arguments of the modules that edit text files in place. */
export const textFileArgs = {
  path: t.Path({ description: 'The file to edit, on the host.' }),
  backup: t.Optional(
    t.Boolean({ description: 'Keep the old file beside it, with a time stamp.', default: false }),
  ),
  validate: t.Optional(
    t.String({
      description: 'A command that checks the new file, with `%s` for its path, before it takes its place.',
    }),
  ),
  ...attributeArgs,
}

export const textFileAliases = { dest: 'path', destfile: 'path', name: 'path' } as const

export interface TextFileArgs extends Attributes {
  readonly path: string
  readonly backup?: boolean
  readonly validate?: string
}

/** A text file as it is. */
export interface TextFile {
  readonly place: PathState
  /** Undefined when there is no file. */
  readonly content: ByteText | undefined
}

interface Known {
  readonly text: string | undefined
  readonly utf8: boolean
  readonly large: boolean
}

/** Puts together what two facts told; a file too large for a fact is fetched whole. */
export async function textFile(host: ReadHost, place: PathState, known: Known): Promise<TextFile> {
  if (known.text !== undefined) return { place, content: { text: known.text, utf8: known.utf8 } }
  if (!known.large) return { place, content: undefined }
  const pieces: string[] = []
  for await (const piece of host.download(place.path)) pieces.push(binary(piece))
  return { place, content: decodeBytes(pieces.join('')) }
}

/** One character a byte. (What TextDecoder calls latin1 is Windows' code page.) */
function binary(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 8192)
    text += String.fromCharCode(...bytes.subarray(at, at + 8192))
  return text
}

/** The text to edit; empty for a file that may be created. Throws TaskFailure for what cannot be edited. */
export function editableText({ place, content }: TextFile, mayCreate: boolean): ByteText {
  if (content) return content
  const { path, followed, entry, readable } = place
  if (followed?.type === 'directory') throw new TaskFailure(`${path} is a directory.`, { rc: 256 })
  if (followed && !readable) throw new TaskFailure(`${path} cannot be read: permission denied.`)
  if (followed) throw new TaskFailure(`${path} is no regular file.`)
  if (entry) throw new TaskFailure(`${path} is a link to ${place.link?.target}, which does not exist.`)
  if (!mayCreate) throw new TaskFailure(`${path} does not exist.`, { rc: 257 })
  return { text: '', utf8: true }
}

/** The changes that lead to a new text and to the attributes that were asked for. */
export function textFileChanges(args: TextFileArgs, file: TextFile, after: string): readonly Change[] {
  const { place, content } = file
  const attributes = attributeChanges(args, place.followed, 'file')
  if (content?.text === after) return attributes
  const diff = { path: place.path, before: content?.text, after }
  if (!content) return [{ field: 'state', before: 'absent', after: 'file', diff }, ...attributes]
  return [{ field: 'content', before: sizeText(content.text), after: sizeText(after), diff }, ...attributes]
}

const sizeText = (text: string): string => {
  const lines = text.split('\n').length - (text.endsWith('\n') || text === '' ? 1 : 0)
  return `${lines} ${lines === 1 ? 'line' : 'lines'}`
}

/** Carries out `textFileChanges`; gives the backup's path. A link stays a link: the file behind it is replaced. */
export async function applyTextFile(
  host: WriteHost,
  args: TextFileArgs,
  { file, changes }: { file: TextFile; changes: readonly Change[] },
): Promise<{ backup?: string }> {
  const { place } = file
  const path = place.link?.real ?? place.path
  const after = changes.find(({ diff }) => diff)?.diff?.after
  if (after === undefined) {
    const script = attributeScript(pathWord(path), changes)
    if (script) await host.run(script)
    return {}
  }
  if (!place.hasParent) await host.run(sh`mkdir -p ${pathWord(folderOf(path))}`)
  return host.write({
    path,
    content: encodeBytes({ text: after, utf8: file.content?.utf8 ?? true }),
    mode: wantedMode(args, place.followed, 'file'),
    ...ownerOf(args, place.followed),
    ...(args.validate === undefined ? {} : { validate: args.validate }),
    backup: args.backup === true && file.content !== undefined,
  })
}
