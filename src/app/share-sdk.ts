import { registerHooks } from 'node:module'

/** True when this runs from source, where each file of the sdk can be imported by its own name. */
const fromSource = import.meta.url.endsWith('.ts')

let shared = false

/**
 * Lets modules of roles import `#sdk/module.ts` and `tsplay/sdk` wherever their project lies, and get tsplay's own
 * copy: a TaskFailure thrown by them is a TaskFailure here. From then on, for the life of the process.
 */
export function shareSdk(): void {
  if (shared) return
  shared = true
  registerHooks({
    resolve: (specifier, context, next) => {
      const url = sdkUrl(specifier, context.parentURL)
      return url === undefined ? next(specifier, context) : { url, shortCircuit: true }
    },
  })
}

function sdkUrl(specifier: string, parent: string | undefined): string | undefined {
  const name = /^(?:#sdk|tsplay\/sdk)(?:\/([\w-]+)(?:\.ts)?)?$/.exec(specifier)
  if (!name || parent === undefined || isOurs(parent)) return undefined
  if (!fromSource) return new URL('../sdk.js', import.meta.url).href
  return new URL(`../sdk/${name[1] ?? 'index'}.ts`, import.meta.url).href
}

/** Our own files resolve by package.json; only strangers need help. */
function isOurs(parent: string): boolean {
  return parent.startsWith(new URL('../', import.meta.url).href)
}
