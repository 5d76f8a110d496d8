import { resolve } from 'node:path'
import { parseYaml } from '#load/yaml-source.ts'
import type { PlaybookFile } from '#model/syntax.ts'
import { UsageError } from '#model/usage-error.ts'
import type { AdHocRequest, ModuleCall } from './requests.ts'

/** What diagnostics call the place that an ad-hoc command stands in. */
const place = 'command line'

/** The playbook that an ad-hoc command stands for: one play, one task named `exec`. */
export function adHocPlaybook(request: AdHocRequest): PlaybookFile {
  const { call, pattern, taskTimeoutSeconds: timeout } = request
  const task = { name: 'exec', ...taskOf(call), ...(timeout === undefined ? {} : { timeout }) }
  // Words of a command are data: braces in them belong to the command, not to a template.
  const text = JSON.stringify([{ name: pattern, hosts: pattern, tasks: [task] }])
  const { root } = parseYaml(text, place)
  return {
    path: place,
    absolutePath: resolve('command-line.yml'),
    root: unsafe(root, call),
    imports: new Map(),
  }
}

function taskOf(call: ModuleCall): Record<string, unknown> {
  switch (call.kind) {
    case 'command':
      return { command: { argv: call.argv } }
    case 'module-text':
      return { [call.module]: call.text }
    case 'module':
      return { [call.module]: argumentsOf(call) }
  }
}

/** `key=value` words, typed like YAML; words without `=` are the text of a free-form module. */
function argumentsOf({ words }: Extract<ModuleCall, { kind: 'module' }>): unknown {
  const pairs = words.map((word) => /^([A-Za-z_]\w*)=(.*)$/s.exec(word))
  if (pairs.every((pair) => pair !== null)) {
    return Object.fromEntries(pairs.map((pair) => [pair?.[1], typed(pair?.[2] ?? '')]))
  }
  if (pairs.some((pair) => pair !== null)) {
    const odd = words.find((_, i) => pairs[i] === null)
    throw new UsageError(`"${odd}" is not an argument.`, { remedy: 'Write arguments as name=value.' })
  }
  return words.join(' ')
}

function typed(text: string): unknown {
  const { root, diagnostics } = parseYaml(text, place)
  if (!root || diagnostics.length > 0) return text
  if (root.kind === 'scalar') return root.value
  return text.trim().startsWith('[') || text.trim().startsWith('{')
    ? JSON.parse(JSON.stringify(plain(root)))
    : text
}

function plain(node: NonNullable<ReturnType<typeof parseYaml>['root']>): unknown {
  if (node.kind === 'scalar') return node.value
  if (node.kind === 'list') return node.items.map(plain)
  return Object.fromEntries(node.entries.map(({ key, value }) => [key, plain(value)]))
}

type Tree = NonNullable<PlaybookFile['root']>

/** Marks the words of `-- command …` as text that is no template. */
function unsafe(root: PlaybookFile['root'], call: ModuleCall): PlaybookFile['root'] {
  return root && call.kind === 'command' ? marked(root, false) : root
}

function marked(node: Tree, inArgv: boolean): Tree {
  if (node.kind === 'scalar') return inArgv ? { ...node, tag: 'unsafe' } : node
  if (node.kind === 'list') return { ...node, items: node.items.map((item) => marked(item, inArgv)) }
  const entries = node.entries.map((entry) => ({
    ...entry,
    value: marked(entry.value, inArgv || entry.key === 'argv'),
  }))
  return { ...node, entries }
}
