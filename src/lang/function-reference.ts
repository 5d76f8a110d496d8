import { functionGroups } from './function-table.ts'
import { parseJinja } from './jinja/parse-jinja.ts'
import { Untranslatable } from './jinja/phrase.ts'
import { translateJinja } from './jinja/translate-jinja.ts'
import { writeHandlebars } from './jinja/write-handlebars.ts'
import { specialForms } from './special-forms.ts'

/** A function as the reference shows it. */
export interface FunctionEntry {
  readonly group: string
  readonly name: string
  readonly signature: string
  readonly summary: string
  readonly example: {
    readonly cel: string
    /** Absent where Handlebars cannot say it. */
    readonly handlebars?: string
    /** Absent when it depends on the world outside. */
    readonly gives?: unknown
  }
}

/** All functions of expressions and templates, by group, for `docs/functions.md`. */
export function functionReference(): readonly FunctionEntry[] {
  const core = { title: 'Logic', functions: [...specialForms.values()] }
  return [core, ...functionGroups].flatMap(({ title: group, functions }) =>
    functions.map(({ name, signature, summary, example: [cel, ...gives] }) => {
      const handlebars = inHandlebars(cel)
      const example = {
        cel,
        ...(handlebars === undefined ? {} : { handlebars }),
        ...(gives.length > 0 ? { gives: gives[0] } : {}),
      }
      return { group, name, signature, summary, example }
    }),
  )
}

/** An example's CEL is within what Jinja can read too, and from there the way to Handlebars is built. */
function inHandlebars(cel: string): string | undefined {
  const parsed = parseJinja(cel)
  if (!parsed) return undefined
  try {
    return writeHandlebars(translateJinja(parsed))
  } catch (error) {
    if (error instanceof Untranslatable) return undefined
    throw error
  }
}
