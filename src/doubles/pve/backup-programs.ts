import { defineDouble } from '#doubles/double.ts'
import { cliCommand } from './pve-cli.ts'
import { pveState } from './pve-state.ts'
import { methodAt } from './routes.ts'

const cites =
  'Proxmox VE 9.1: vzdump(1), qmrestore(1), PVE/VZDump.pm, PVE/VZDump/QemuServer.pm, pve-qemu vma_spec.txt'
const refuse = () => ({ exit: 255, stderr: 'ERROR: no command specified\n' })

/** `vzdump ID…`: ends with 255 when a machine's backup failed. */
export const vzdump = defineDouble({
  name: 'vzdump',
  cites,
  state: pveState,
  refuse,
  commands: {
    '': cliCommand('vzdump', '', {
      method: methodAt('create', '/nodes/{node}/vzdump'),
      rest: 'vmid',
    }),
  },
})

/** `qmrestore ARCHIVE ID`: ends with 255 when it failed, without the task's own code. */
export const qmrestore = defineDouble({
  name: 'qmrestore',
  cites,
  state: pveState,
  refuse,
  commands: {
    '': cliCommand('qmrestore', '', {
      method: methodAt('create', '/nodes/{node}/qemu'),
      positional: ['archive', 'vmid'],
    }),
  },
})
