import { Lexer, parseDocument, Schema } from 'yaml'
import type { Diagnostic } from '#model/diagnostic.ts'
import { independentErrors, type YamlError } from './independent-errors.ts'
import { LineIndex } from './line-index.ts'
import type { ParsedYaml } from './parsed-yaml.ts'
import { explainYamlErrors } from './yaml-error.ts'
import { yamlLimits } from './yaml-limits.ts'
import { TreeBuilder } from './yaml-tree.ts'

/** Reads one YAML document. `file` is what ranges and messages call it. Pure. */
export function parseYaml(text: string, file: string): ParsedYaml {
  const lines = new LineIndex(file, text)
  if (Buffer.byteLength(text) > yamlLimits.bytes) return broken([tooLarge(lines)])
  const document = parseDocument(text, options)
  if (document.errors.length > 0) {
    return broken(explainYamlErrors(independentErrors(text, errorsOf), text, lines))
  }
  return new TreeBuilder(text, lines).build(document.contents)
}

// Plain text gets its meaning in core-schema.ts, duplicates are found in map-builder.ts: the library's own search
// for duplicates compares each key with all others.
const options = {
  schema: new Schema({ schema: 'failsafe', resolveKnownTags: false }),
  uniqueKeys: false,
  prettyErrors: false,
  // Not 'silent', which would accept several documents and take the first.
  logLevel: 'error',
} as const

const errorsOf = (text: string): readonly YamlError[] =>
  parseDocument(text, options).errors.map((error) => atOpenQuote(error, text))

/** A quote that is never closed swallows the rest of the file; what helps is where it was opened. */
function atOpenQuote(error: YamlError, text: string): YamlError {
  if (!error.message.startsWith('Missing closing')) return error
  let offset = 0
  let open = error.pos[0]
  for (const token of new Lexer().lex(text)) {
    if (offset < error.pos[0] && /^["']/.test(token)) open = offset
    // Control tokens tell the parser something and are not part of the text.
    if (!/^[\x02\x18\x1f]$/.test(token)) offset += token.length
  }
  return { code: error.code, message: error.message, pos: [open, open + 1] }
}

function broken(diagnostics: readonly Diagnostic[]): ParsedYaml {
  return { root: undefined, diagnostics, vaulted: false }
}

function tooLarge(lines: LineIndex): Diagnostic {
  return {
    code: 'yaml-limit',
    severity: 'error',
    message: 'The file is larger than 10 MB.',
    remedy: 'Split it into several files.',
    range: lines.range(0, 0),
  }
}
