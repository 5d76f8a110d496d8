import { nearest } from '#base/did-you-mean.ts'
import { functionsByName } from './function-table.ts'
import { parametersOf } from './functions/function-parameters.ts'
import type { Span } from './span.ts'
import { specialForms } from './special-forms.ts'
import { SyntaxProblem } from './syntax-problem.ts'
import type { Term } from './term.ts'

export interface CallSite {
  readonly name: string
  readonly args: readonly Term[]
  readonly span: Span
  /** How the user would write a call, for messages. */
  readonly syntax: 'cel' | 'handlebars'
}

/** A call of a function by name. Throws SyntaxProblem when there is none, or its arguments are too few or many. */
export function buildCall(site: CallSite): Term {
  const special = specialForms.get(site.name)
  const definition = special ?? functionsByName().get(site.name)
  if (!definition) throw unknownFunction(site)
  const { least, most } = parametersOf(definition.signature)
  const count = site.args.length
  if (count < least || count > most) {
    throw new SyntaxProblem(
      `${site.name} takes ${countText(least, most)}, not ${count}: ${asWritten(definition.signature, site.syntax)}.`,
      site.span,
    )
  }
  if (special) return special.build(site.args, site.span)
  const found = functionsByName().get(site.name)
  if (!found) throw unknownFunction(site)
  return { kind: 'call', definition: found, args: site.args, span: site.span }
}

/** Whether there is a function of that name. */
export function isFunction(name: string): boolean {
  return specialForms.has(name) || functionsByName().has(name)
}

/** The signature of a function; undefined when there is none of that name. */
export function signatureOf(name: string): string | undefined {
  return (specialForms.get(name) ?? functionsByName().get(name))?.signature
}

/** A sentence that names the function that was probably meant; empty when none is near. */
export function functionHint(name: string): string {
  const near = nearest(name, [...specialForms.keys(), ...functionsByName().keys()])
  return near === undefined ? '' : ` Did you mean "${near}"?`
}

function unknownFunction({ name, span }: CallSite): SyntaxProblem {
  return new SyntaxProblem(`There is no function "${name}".${functionHint(name)}`, span)
}

function countText(least: number, most: number): string {
  const noun = (count: number) => (count === 1 ? '1 argument' : `${count} arguments`)
  if (most === Number.POSITIVE_INFINITY) return `at least ${noun(least)}`
  return least === most ? noun(least) : `${least} to ${noun(most)}`
}

function asWritten(signature: string, syntax: CallSite['syntax']): string {
  if (syntax === 'cel') return signature
  const [, name, inside] = /^(\w+)\((.*)\)$/.exec(signature) ?? []
  return `{{${[name, ...(inside ?? '').split(/,\s*/)].filter(Boolean).join(' ')}}}`
}
