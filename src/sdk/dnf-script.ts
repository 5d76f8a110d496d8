import { type Script, sh } from './quote.ts'

export interface DnfRequest {
  readonly names: readonly string[]
  readonly absent: boolean
  readonly latest: boolean
  readonly enablerepo?: readonly string[]
  readonly disablerepo?: readonly string[]
  readonly exclude?: readonly string[]
  readonly update_cache?: boolean
  readonly update_only?: boolean
  readonly autoremove?: boolean
  readonly disable_gpg_check?: boolean
  readonly install_weak_deps?: boolean
  readonly allowerasing?: boolean
  readonly nobest?: boolean
  readonly lock_timeout?: number
}

/**
 * One call of dnf (or yum) that asks nothing. dnf waits for another dnf by itself, without end; hence the limit.
 * `upgrade` does not install, so `latest` takes `install` first: it upgrades what is there as well.
 */
export function dnfScript(request: DnfRequest): Script {
  const { names, absent } = request
  const limit = request.lock_timeout ?? 60
  return sh`LC_ALL=C; export LC_ALL
tool=$(command -v dnf5 || command -v dnf || command -v yum) || { echo 'The host has neither dnf nor yum.' >&2; exit 1; }
waited=0
while [ -e /run/dnf.pid ] && kill -0 "$(cat /run/dnf.pid 2>/dev/null)" 2>/dev/null && [ "$waited" -lt ${limit} ]; do
  sleep 2; waited=$(( waited + 2 ))
done
"$tool" -y ${options(request)} ${verb(request)} ${absent || !names.includes('*') ? names : []}${request.autoremove ? sh` && "$tool" -y autoremove` : ''}`
}

function verb({ names, absent, latest, update_only: only }: DnfRequest): string {
  if (absent) return 'remove'
  return names.includes('*') || (latest && only) ? 'upgrade' : 'install'
}

function options(request: DnfRequest): readonly string[] {
  const list = (name: string, values: readonly string[] | undefined): readonly string[] =>
    values && values.length > 0 ? [`--${name}=${values.join(',')}`] : []
  return [
    ...list('enablerepo', request.enablerepo),
    ...list('disablerepo', request.disablerepo),
    ...list('exclude', request.exclude),
    ...(request.update_cache ? ['--refresh'] : []),
    ...(request.disable_gpg_check ? ['--nogpgcheck'] : []),
    ...(request.install_weak_deps === false ? ['--setopt=install_weak_deps=0'] : []),
    ...(request.allowerasing ? ['--allowerasing'] : []),
    ...(request.nobest ? ['--nobest'] : []),
  ]
}
