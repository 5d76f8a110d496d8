/** What `git ls-remote` says of a repository. */
export interface RemoteRefs {
  /** Commits and tag objects by the full names of refs; `HEAD` and peeled tags (`refs/tags/v1^{}`) among them. */
  readonly refs: ReadonlyMap<string, string>
  /** The full name of the default branch. */
  readonly head: string | undefined
}

/** What to check out. */
export type Version =
  | { readonly kind: 'branch'; readonly name: string; readonly sha: string }
  | { readonly kind: 'tag'; readonly name: string; readonly sha: string }
  | { readonly kind: 'ref'; readonly ref: string; readonly sha: string }
  /** A commit, by its name or a part of it that only the clone can tell the rest of. */
  | { readonly kind: 'commit'; readonly name: string }
  /** The repository has no commit yet. */
  | { readonly kind: 'nothing' }

/** Reads lines `<sha>\t<ref>` and `ref: <branch>\tHEAD`. */
export function parseRemoteRefs(lines: readonly string[]): RemoteRefs {
  const refs = new Map<string, string>()
  let head: string | undefined
  for (const line of lines) {
    const [value = '', name = ''] = line.split('\t')
    if (!value.startsWith('ref: ')) refs.set(name, value)
    else if (name === 'HEAD') head = value.slice('ref: '.length)
  }
  return { refs, head }
}

/** The patterns to ask `git ls-remote` for, so that `resolveVersion` can answer. */
export function refPatterns(version: string, remote: string, refspecs: readonly string[]): readonly string[] {
  const names = [version, withoutRemote(version, remote)].filter((name) => name !== undefined)
  const usual = names.flatMap((name) => [
    `refs/heads/${name}`,
    `refs/tags/${name}`,
    `refs/tags/${name}^{}`,
    name,
  ])
  return [...new Set(['HEAD', ...usual, ...sourcesFor(version, refspecs)])]
}

/**
 * What a version means: a branch before a tag of the same name, then the full name of a ref, what a refspec would
 * fetch under that name, and at last a commit. Undefined when it is none of these.
 */
export function resolveVersion(
  { version, remote, refspecs }: { version: string; remote: string; refspecs: readonly string[] },
  { refs, head }: RemoteRefs,
): Version | undefined {
  if (version === 'HEAD') return defaultVersion({ refs, head })
  const branch = [version, withoutRemote(version, remote) ?? version].find((name) =>
    refs.has(`refs/heads/${name}`),
  )
  if (branch !== undefined)
    return { kind: 'branch', name: branch, sha: refs.get(`refs/heads/${branch}`) ?? '' }
  const tag = refs.get(`refs/tags/${version}^{}`) ?? refs.get(`refs/tags/${version}`)
  if (tag !== undefined) return { kind: 'tag', name: version, sha: tag }
  const ref = [version, ...sourcesFor(version, refspecs)].find((name) => refs.has(name))
  if (ref !== undefined) return { kind: 'ref', ref, sha: refs.get(ref) ?? '' }
  return /^[0-9a-fA-F]{4,64}$/.test(version) ? { kind: 'commit', name: version } : undefined
}

function defaultVersion({ refs, head }: RemoteRefs): Version {
  const sha = refs.get('HEAD')
  if (sha === undefined) return { kind: 'nothing' }
  const name = head?.startsWith('refs/heads/') ? head.slice('refs/heads/'.length) : undefined
  return name === undefined ? { kind: 'ref', ref: 'HEAD', sha } : { kind: 'branch', name, sha }
}

/** `main` of `origin/main`. */
const withoutRemote = (version: string, remote: string): string | undefined =>
  version.startsWith(`${remote}/`) ? version.slice(remote.length + 1) : undefined

/** The refs that refspecs would fetch under the name of a version: `refs/pull/7/head` for `pr/7/head`. */
function sourcesFor(version: string, refspecs: readonly string[]): readonly string[] {
  const names = [version, `refs/heads/${version}`, `refs/tags/${version}`, `refs/remotes/${version}`]
  return refspecs.flatMap((refspec) => {
    const [source = '', target = ''] = refspec.replace(/^\+/, '').split(':')
    return names.flatMap((name) => sourceOf(name, source, target) ?? [])
  })
}

function sourceOf(name: string, source: string, target: string): string | undefined {
  if (!target.includes('*')) return name === target ? source : undefined
  const [before = '', after = ''] = target.split('*')
  const fits = name.length > before.length + after.length && name.startsWith(before) && name.endsWith(after)
  return fits ? source.replace('*', () => name.slice(before.length, name.length - after.length)) : undefined
}
