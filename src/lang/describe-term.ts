import type { Term } from './term.ts'

/** How a person would name what a term reads: `st.stat.exists`, `items[…]`, `upper(…)`. */
export function describeTerm(term: Term): string {
  switch (term.kind) {
    case 'name':
      return term.name
    case 'name-or-call':
      return term.name.name
    case 'local':
      return term.label
    case 'member':
      return term.bare ? term.key : `${describeTerm(term.of)}.${term.key}`
    case 'index':
      return `${describeTerm(term.of)}[${term.key.kind === 'literal' ? JSON.stringify(term.key.value) : '…'}]`
    case 'call':
      return `${term.definition.name}(…)`
    case 'literal':
      return JSON.stringify(term.value) ?? 'null'
    case 'default':
    case 'truthy':
      return describeTerm(term.of)
    default:
      return 'the expression'
  }
}
