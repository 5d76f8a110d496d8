import { lines } from '#doubles/answer.ts'
import { defineDouble } from '#doubles/double.ts'
import { release } from './api-node.ts'
import { pveState } from './pve-state.ts'

/** `pveversion [-v]`: pve-manager, bin/pveversion. */
export const pveversion = defineDouble({
  name: 'pveversion',
  cites: 'Proxmox VE 9.1: pveversion(1), pve-manager bin/pveversion',
  state: pveState,
  refuse: () => ({ exit: 255, stderr: 'USAGE: pveversion [--verbose]\n' }),
  commands: {
    '': {
      options: { '-v --verbose -verbose': 'flag' },
      run: ({ options }) => {
        const kernel = '6.17.2-1-pve'
        const short = `pve-manager/${release.version}/${release.repoid}`
        if (!options.has('v')) return { stdout: `${short} (running kernel: ${kernel})\n` }
        return {
          stdout: lines([
            'proxmox-ve: 9.1.0 (running kernel: 6.17.2-1-pve)',
            `pve-manager: ${release.version} (running version: ${release.version}/${release.repoid})`,
            'pve-qemu-kvm: 10.1.2-3',
            'zfsutils-linux: 2.3.4-pve1',
          ]),
        }
      },
    },
  },
})
