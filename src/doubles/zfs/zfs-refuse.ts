import type { Answer } from '#doubles/answer.ts'
import type { Command } from '#doubles/double.ts'
import type { Problem } from '#doubles/options.ts'
import { outputVersion } from './zfs-json.ts'
import type { Zfs } from './zfs-state.ts'

/** The release this double answers as. */
const release = '2.3.4-pve1'

/** `usage()` of cmd/zfs/zfs_main.c and cmd/zpool/zpool_main.c: all of them end with 2. */
export function refuseAs(program: string): (problem: Problem, command: string) => Answer {
  return (problem, command) => {
    const usage = command === '' ? `${program} command args ...` : `${command} [options] ...`
    return { exit: 2, stderr: `${reason(problem)}\nusage:\n\t${usage}\n` }
  }
}

function reason(problem: Problem): string {
  if (problem.kind === 'no-command') return 'missing command'
  if (problem.kind === 'unknown-command') return `unrecognized command '${problem.word}'`
  const letter = problem.option.replace(/^-+/, '')
  return problem.kind === 'missing-value'
    ? `missing argument for '${letter}' option`
    : `invalid option '${letter}'`
}

/** `zfs version` and `zpool version`. */
export const versionCommand: Command<Zfs> = {
  options: { '-j --json': 'flag' },
  run: ({ options }) => {
    const [userland, kernel] = [`zfs-${release}`, `zfs-kmod-${release}`]
    if (!options.has('j')) return { stdout: `${userland}\n${kernel}\n` }
    return {
      stdout: `${JSON.stringify({ output_version: outputVersion('zfs version'), zfs_version: { userland, kernel } })}\n`,
    }
  },
}
