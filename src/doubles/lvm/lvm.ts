import type { Answer } from '#doubles/answer.ts'
import { type Command, type Double, defineDouble } from '#doubles/double.ts'
import type { Problem } from '#doubles/options.ts'
import { lvcreate } from './lvm-create.ts'
import { pvcreate, pvremove, pvresize, quiet, vgcreate, vgextend, vgreduce, vgremove } from './lvm-groups.ts'
import { reportCommand } from './lvm-report.ts'
import { lvresize } from './lvm-resize.ts'
import { invalid, type Lvm, lvmState } from './lvm-state.ts'
import { lvchange, lvremove, lvrename } from './lvm-volumes.ts'

const commands: Readonly<Record<string, Command<Lvm>>> = {
  pvs: reportCommand('pv'),
  vgs: reportCommand('vg'),
  lvs: reportCommand('lv'),
  pvcreate,
  pvremove,
  pvresize,
  pvscan: quiet,
  vgcreate,
  vgextend,
  vgreduce,
  vgremove,
  vgchange: quiet,
  vgscan: quiet,
  lvcreate,
  lvextend: lvresize('lvextend'),
  lvreduce: lvresize('lvreduce'),
  lvresize: lvresize('lvresize'),
  lvremove,
  lvrename,
  lvchange,
}

const cites =
  'LVM2 2.03: lvm(8), lvmreport(7), lvmthin(7), the page of each command, tools/errors.h, lib/report/columns.h'

const refuse = (problem: Problem): Answer => {
  const option = 'option' in problem ? problem.option : ''
  const text =
    problem.kind === 'missing-value'
      ? `  option '${option}' requires an argument`
      : `  unrecognized option '${option}'`
  return { exit: invalid, stderr: `${text.trimStart()}\n  Error during parsing of command line.\n` }
}

/** Each of LVM's commands is a program of its own name. */
export const lvm: readonly Double[] = Object.entries(commands).map(([name, command]) =>
  defineDouble({ name, cites, state: lvmState, refuse, commands: { '': command } }),
)
