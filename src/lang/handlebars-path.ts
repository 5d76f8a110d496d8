import type { Path } from './handlebars-ast.ts'
import type { Frame, Surroundings } from './handlebars-surroundings.ts'
import type { Span } from './span.ts'
import { SyntaxProblem } from './syntax-problem.ts'
import type { Term } from './term.ts'

interface Step {
  readonly name: string
  readonly span: Span
}

/** `user.name`, `this`, `../domain`, `@index`: what a path reads, by Handlebars' scoping. */
export function pathTerm(path: Path, around: Surroundings): Term {
  const span = around.spanOf(path.loc)
  const steps = stepsOf(path, span, around.text)
  if (path.data) return dataTerm(path, steps, around)
  const isScoped = /^(?:\.|this\b)/.test(path.original)
  const param = isScoped ? undefined : blockParam(steps[0], around)
  if (param) return members(param, steps.slice(1))
  const frames = path.depth === 0 ? around.frames : around.frames.slice(0, -path.depth)
  if (path.depth > around.frames.length) {
    throw new SyntaxProblem(`"${path.original}" leads out of the template.`, span, {
      remedy: 'Each "../" leaves one {{#each}} or {{#with}}; {{#if}} does not count.',
    })
  }
  return contextTerm(steps, { frame: frames.at(-1), bare: !isScoped, span, path })
}

/** Where each part stands, found in the text, since the tree has only the place of the whole. */
function stepsOf(path: Path, span: Span, text: string): readonly Step[] {
  let from = span.start
  return path.parts.map((name) => {
    const start = Math.max(from, text.indexOf(name, from))
    from = start + name.length
    return { name, span: { start, end: from } }
  })
}

function members(of: Term, steps: readonly Step[]): Term {
  return steps.reduce<Term>((term, { name, span }) => ({ kind: 'member', of: term, key: name, span }), of)
}

function blockParam(step: Step | undefined, { frames }: Surroundings): Term | undefined {
  if (!step) return undefined
  const local = frames.findLast((frame) => frame.params.has(step.name))?.params.get(step.name)
  return local && { ...local, span: step.span }
}

interface Context {
  readonly frame: Frame | undefined
  readonly bare: boolean
  readonly span: Span
  readonly path: Path
}

function contextTerm(steps: readonly Step[], { frame, bare, span, path }: Context): Term {
  const [first, ...rest] = steps
  if (frame) {
    const item: Term = { ...frame.item, span }
    if (!first) return item
    return members({ kind: 'member', of: item, key: first.name, bare, span: first.span }, rest)
  }
  if (first) return members({ kind: 'name', name: first.name, span: first.span }, rest)
  throw new SyntaxProblem(`"${path.original}" has no meaning outside {{#each}} and {{#with}}.`, span)
}

function dataTerm(path: Path, [first, ...rest]: readonly Step[], around: Surroundings): Term {
  const span = around.spanOf(path.loc)
  if (first?.name === 'root') {
    const [root, ...others] = rest
    if (root) return members({ kind: 'name', name: root.name, span: root.span }, others)
    throw new SyntaxProblem('"@root" alone is no value; name a variable: @root.x.', span)
  }
  const loops = around.frames.filter((frame) => frame.data)
  const data = loops.at(-1 - path.depth)?.data
  const local = first && data && Object.hasOwn(data, first.name) ? data[first.name] : undefined
  if (local) return members({ ...local, span }, rest)
  const message = data
    ? `"@${path.parts.join('.')}" is unknown; {{#each}} has @index, @key, @first and @last.`
    : `"${path.original}" has no meaning outside {{#each}}.`
  throw new SyntaxProblem(message, span)
}
