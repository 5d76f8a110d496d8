import { defineKeyedFact } from '#sdk/fact.ts'
import { quote } from '#sdk/quote.ts'

/**
 * Live parameters of kernel modules, by `module/parameter`; undefined where the module is not loaded or has none of
 * that name.
 */
export default defineKeyedFact<string | undefined>({
  name: 'kernel-module-parameter',
  summary: 'Live parameters of kernel modules.',
  script: (keys) => `for k in ${keys.map(quote).join(' ')}; do
  printf '\\036'
  p=/sys/module/\${k%%/*}/parameters/\${k#*/}
  if [ -r "$p" ]; then printf '+'; cat "$p"; fi
done
:`,
  reads: () => [{ kind: 'kernel-module' }],
  parse({ stdout }, keys) {
    const parts = stdout.split('\x1e').slice(1)
    return keys.map((_key, i) => (parts[i]?.startsWith('+') ? parts[i].slice(1).trim() : undefined))
  },
})
