import type { RunOrigin } from '#model/run-record.ts'

/** What makes two runs comparable: the same schedule, or the same work asked for by hand. */
export function runKind({ command, mode, playbooks, pattern, due }: RunOrigin): string {
  return JSON.stringify([due?.schedule ?? null, command, mode, playbooks, pattern ?? null])
}

export const isSameKind = (a: RunOrigin, b: RunOrigin): boolean => runKind(a) === runKind(b)
