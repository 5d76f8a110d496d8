import type { Change, Resource } from '#model/change.ts'
import { Unknown } from '#model/unknown.ts'
import { type GitArgs, gitArgs } from '#sdk/git-args.ts'
import { resolveVersion, type Version } from '#sdk/git-refs.ts'
import { cloneScript, updateScript } from '#sdk/git-script.ts'
import { type GitState, gitFailure, gitStateScript, parseGitState } from '#sdk/git-state.ts'
import { defineModule, TaskFailure } from '#sdk/module.ts'

export default defineModule({
  summary: 'Clones a Git repository and keeps the clone at a version.',
  description: `One look compares the clone with the repository, also in check mode; when both agree, nothing is
fetched. Local modifications of files that Git knows are a failure unless \`force\` is given; commits that only the
clone has are left behind when its branch moves.`,
  args: gitArgs,
  argumentAliases: {
    name: 'repo',
    accept_newhostkey: 'accept_hostkey',
    gpg_whitelist: 'gpg_allowlist',
    gpg_allow: 'gpg_allowlist',
  },
  examples: [
    {
      title: 'Check out a release',
      args: { repo: 'https://git.example.org/app.git', dest: '/srv/app', version: 'v1.4.2' },
    },
    {
      title: 'Follow a branch with a deploy key',
      args: {
        repo: 'git@git.example.org:team/site.git',
        dest: '/srv/site',
        version: 'main',
        key_file: '~/.ssh/deploy',
        accept_hostkey: true,
        depth: 1,
      },
    },
  ],

  probe: async ({ args, host }): Promise<GitState> =>
    parseGitState(await host.read(gitStateScript(args)), args),

  plan({ args, state, mode }): readonly Change[] {
    if (!state.hasGit) return withoutGit(mode)
    if (state.place === 'other') {
      throw new TaskFailure(`${args.dest} is there already, and it is no Git repository.`)
    }
    if (state.place !== 'clone') return cloneChanges(args, state)
    return args.update === false ? [] : updateChanges(args, state)
  },

  async apply({ args, state, changes, host }) {
    const version = wantedVersion(args, state)
    const isBehind = changes.some(({ field }) => field === 'commit')
    const script =
      state.place === 'clone'
        ? updateScript(args, version, { url: state.url, isBehind })
        : cloneScript(args, version)
    const { rc, stdout, stderr } = await host.run(script, { accept: 'any', live: true })
    if (rc !== 0) throw new TaskFailure(`git failed: ${gitFailure(stderr)}`, { rc, stdout, stderr })
    return { after: stdout.trim().split('\n').at(-1) || undefined }
  },

  result({ state, changes, applied }) {
    const planned = changes.find(({ field }) => field === 'commit')
    const after = applied ? applied.after : planned ? planned.after : state.head
    const hasNewUrl = changes.some(({ field }) => field === 'remote_url')
    return { data: { before: state.head, after, ...(hasNewUrl ? { remote_url_changed: true } : {}) } }
  },

  touches: ({ args: { dest, separate_git_dir } }): readonly Resource[] => [
    { kind: 'path', name: dest },
    ...(separate_git_dir === undefined ? [] : [{ kind: 'path', name: separate_git_dir } as const]),
  ],
})

/** In check mode another task may be about to install it. */
function withoutGit(mode: 'apply' | 'check'): readonly Change[] {
  if (mode === 'check') return [{ field: 'commit', before: undefined, after: new Unknown('git') }]
  throw new TaskFailure('git is not installed on the host.')
}

function cloneChanges(args: GitArgs, state: GitState): readonly Change[] {
  if (args.clone === false) return []
  return [
    { field: 'commit', before: undefined, after: commitOf(wantedVersion(args, state), state) ?? 'none' },
  ]
}

function updateChanges(args: GitArgs, state: GitState): readonly Change[] {
  const { dest, repo, force, bare } = args
  const { modified, url, head, submodules } = state
  if (modified.length > 0 && !force) {
    throw new TaskFailure(
      `Local modifications exist in the destination: ${dest} (force=no): ${modified.slice(0, 5).join(', ')}${modified.length > 5 ? ', …' : '.'}`,
      { before: head, modified },
    )
  }
  const wanted = commitOf(wantedVersion(args, state), state)
  return [
    ...(url === repo || isHomePath(repo, url)
      ? []
      : [{ field: 'remote_url', before: shown(url), after: shown(repo) }]),
    ...(modified.length > 0 && !bare ? [{ field: 'local modifications', before: modified, after: [] }] : []),
    ...(wanted === undefined || wanted === head ? [] : [{ field: 'commit', before: head, after: wanted }]),
    ...(submodules > 0 ? [{ field: 'submodules', before: `${submodules} to update`, after: 'updated' }] : []),
  ]
}

/** git writes a path with `~` as the host's shell spelled it out. */
const isHomePath = (repo: string, url: string | undefined): boolean =>
  repo.startsWith('~/') && url?.endsWith(repo.slice(1)) === true

/** A URL without the password that it may hold. */
const shown = (url: string | undefined): string | undefined =>
  url?.replace(/(:\/\/[^/@:]*):[^/@]*@/, '$1:***@')

function wantedVersion(args: GitArgs, { remote, head, place }: GitState): Version {
  const { version = 'HEAD', refspec = [], repo } = args
  // Not asked: the full name of the commit that is there, or a clone that is not wanted.
  if (!remote)
    return place === 'clone' && head !== undefined ? { kind: 'commit', name: head } : { kind: 'nothing' }
  const found = resolveVersion({ version, remote: args.remote ?? 'origin', refspecs: refspec }, remote)
  if (found) return found
  throw new TaskFailure(`${shown(repo)} has no branch, tag or commit "${version}".`)
}

/** The commit a version stands for, as far as it can be told before it is fetched. */
function commitOf(version: Version, { known }: GitState): string | undefined {
  if (version.kind === 'nothing') return undefined
  if (version.kind !== 'commit') return version.sha
  return known?.startsWith(version.name.toLowerCase()) ? known : version.name
}
