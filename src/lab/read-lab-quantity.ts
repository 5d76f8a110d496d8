import type { Node } from '#model/node.ts'
import type { Say } from './lab-node.ts'

const units: Readonly<Record<string, number>> = { M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 }

/** Bytes from `64M`, `1G`, `2T`. */
export function readSize(node: Node, say: Say): number | undefined {
  const [, count = '', unit = ''] = /^([1-9]\d{0,5})([MGT])$/.exec(rawOf(node)) ?? []
  if (count !== '') return Number(count) * (units[unit] ?? 1)
  say('wrong-type', node, 'A size is a number with M, G or T: 512M, 2G.')
  return undefined
}

/** Milliseconds from `80ms` or `1.5s`, at most 10 seconds. */
export function readDuration(node: Node, say: Say): number | undefined {
  const [, count = '', unit = ''] = /^(\d+(?:\.\d+)?)(ms|s)$/.exec(rawOf(node)) ?? []
  const milliseconds = Number(count) * (unit === 's' ? 1000 : 1)
  if (count !== '' && milliseconds <= 10_000) return milliseconds
  say('wrong-type', node, 'A latency is a number with ms or s, at most 10s: 80ms, 0.2s.')
  return undefined
}

const rawOf = (node: Node): string => (node.kind === 'scalar' ? String(node.value) : '')
