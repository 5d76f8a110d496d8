/** The one table of exit codes; `docs/exit-codes.md` is generated from it. */
export const exitCodes = {
  done: [0, 'Everything was done.'],
  failed: [2, 'A task failed on at least one host.'],
  unreachable: [3, 'At least one host was unreachable, and none failed.'],
  project: [4, 'The project has errors; no host was touched.'],
  usage: [5, 'The command line is wrong, or a file it names does not exist.'],
  noHosts: [6, 'No play of the run had a host.'],
  pending: [7, 'With `plan --exit-code`: changes are pending or cannot be known.'],
  bug: [70, 'A bug in tsplay.'],
  interrupted: [130, 'Interrupted by a signal.'],
} as const satisfies Record<string, readonly [number, string]>

export type ExitReason = keyof typeof exitCodes

export const exitCode = (reason: ExitReason): number => exitCodes[reason][0]
