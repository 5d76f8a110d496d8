import { aptScript } from './apt-get.ts'
import { dnfScript } from './dnf-script.ts'
import { type Script, sh } from './quote.ts'

export interface PackageRequest {
  readonly manager: string
  readonly names: readonly string[]
  readonly absent: boolean
  readonly latest: boolean
}

/** What installs or removes packages with a package manager, as its own module would with nothing but names. */
export function packageScript(request: PackageRequest): Script {
  const { manager, names, absent, latest } = request
  if (manager === 'apt') return apt(request)
  if (manager === 'apk') return absent ? sh`apk del ${names}` : sh`apk add ${latest ? ['-u'] : []} ${names}`
  if (manager === 'zypper') return sh`zypper --non-interactive ${absent ? 'remove' : 'install'} ${names}`
  return dnfScript(request)
}

function apt({ names, absent }: PackageRequest): Script {
  return aptScript([{ words: [absent ? 'remove' : 'install', ...names], refresh: !absent }], {
    lockTimeout: 60,
    dpkgOptions: 'force-confdef,force-confold',
    updateRetries: 5,
    updateRetryMaxDelay: 12,
  })
}
