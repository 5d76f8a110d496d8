import { posix } from 'node:path'
import { textOf } from './arguments.ts'
import type { FunctionDefinition } from './function-definition.ts'

export const pathFunctions: readonly FunctionDefinition[] = [
  {
    name: 'basename',
    signature: 'basename(path)',
    summary: 'Gives the last part of a path.',
    example: ["basename('/etc/hosts')", 'hosts'],
    // As Python's, and unlike Node's: a path that ends in a slash has an empty last part.
    call: ([path]) => textOf(path).slice(textOf(path).lastIndexOf('/') + 1),
  },
  {
    name: 'dirname',
    signature: 'dirname(path)',
    summary: 'Gives a path without its last part.',
    example: ["dirname('/etc/hosts')", '/etc'],
    call: ([path]) => folderOf(textOf(path)),
  },
  {
    name: 'join_path',
    signature: 'join_path(part, more…)',
    summary: 'Joins the parts of a path, or a list of them; an absolute part starts anew.',
    example: ["join_path('/etc', 'ssh', 'sshd_config')", '/etc/ssh/sshd_config'],
    call: (parts) => joined(parts.flat(1).map(textOf)),
  },
]

function folderOf(path: string): string {
  const head = path.slice(0, path.lastIndexOf('/') + 1)
  return /^\/*$/.test(head) ? head : head.replace(/\/+$/, '')
}

function joined(parts: readonly string[]): string {
  const start = parts.findLastIndex((part) => part.startsWith('/'))
  return posix.join(...parts.slice(Math.max(0, start)))
}
