import { defineKeyedFact } from '#sdk/fact.ts'
import { quote } from '#sdk/quote.ts'

/** `builtin` ones are part of the kernel and can be neither loaded nor removed. */
export type KernelModuleState = 'loaded' | 'builtin' | 'absent'

/** Whether kernel modules are there. Dashes and underscores in names are the same to the kernel. */
export default defineKeyedFact<KernelModuleState>({
  name: 'kernel-modules',
  summary: 'Loaded kernel modules.',
  script(names) {
    const files = names.map((name) => quote(`/${kernelName(name).replaceAll('_', '[-_]')}[.]ko`))
    return `printf '\\036'; cut -d' ' -f1 /proc/modules 2>/dev/null
printf '\\036'; grep ${files.map((file) => `-e ${file}`).join(' ')} "/lib/modules/$(uname -r)/modules.builtin" 2>/dev/null
:`
  },
  reads: (name) => [{ kind: 'kernel-module', name: kernelName(name) }, { kind: 'package' }],
  parse({ stdout }, names) {
    const [, loadedText = '', builtinText = ''] = stdout.split('\x1e')
    const loaded = new Set(loadedText.split('\n'))
    const builtin = new Set(
      builtinText
        .split('\n')
        .map((path) => kernelName(path.slice(path.lastIndexOf('/') + 1).replace(/[.]ko.*$/, ''))),
    )
    return names.map((name) => {
      if (loaded.has(kernelName(name))) return 'loaded'
      return builtin.has(kernelName(name)) ? 'builtin' : 'absent'
    })
  },
})

export const kernelName = (name: string): string => name.replaceAll('-', '_')
