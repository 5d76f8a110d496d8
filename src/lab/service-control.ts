import type { HostFile } from './host-files.ts'
import { inittab } from './image-recipe.ts'

/**
 * What makes the double of systemctl a host's service manager: the host's init has it start what is enabled, and
 * packages find it when apt installs them, which gives their scripts a search path of its own.
 */
export const serviceControl: readonly HostFile[] = [
  { path: 'etc/inittab', text: `${inittab('/usr/local/bin/systemctl default').join('\n')}\n` },
  {
    path: 'etc/apt/apt.conf.d/90tsplay-lab',
    text: 'DPkg::Path "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";\n',
  },
]
