import type { ApiMethod } from './api.ts'
import { die } from './api-error.ts'
import { oneOf, required } from './parameters.ts'
import { parseProperties } from './property-string.ts'
import { vmNumbered } from './vm-config.ts'

/** The guest agent answers when the machine runs and has one. qemu-server, PVE/QemuServer/Agent.pm. */
export const agentMethods: readonly ApiMethod[] = [
  {
    verb: 'create',
    path: '/nodes/{node}/qemu/{vmid}/agent',
    parameters: { command: required(oneOf('ping')) },
    run: (call) => {
      const { vmid } = call.values
      const { config, running } = vmNumbered(call, vmid)
      const enabled = parseProperties(config['agent'] ?? '', 'enabled').get('enabled')
      if (enabled !== '1') die('No QEMU guest agent configured')
      if (!running) die(`VM ${vmid} is not running`)
      return null
    },
  },
]
