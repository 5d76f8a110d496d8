import type { GitArgs } from './git-args.ts'
import { parseRemoteRefs, type RemoteRefs, refPatterns } from './git-refs.ts'
import { gitEnvironment, remoteWord } from './git-script.ts'
import type { CommandResult } from './host.ts'
import { pathWord } from './host-path.ts'
import { TaskFailure } from './module.ts'
import { raw, type Script, sh } from './quote.ts'

/** What `git` compares. */
export interface GitState {
  readonly hasGit: boolean
  /** What stands at the place of the clone. */
  readonly place: 'nothing' | 'empty' | 'other' | 'clone'
  readonly url: string | undefined
  /** The commit that is checked out, or that the version names in a bare repository. */
  readonly head: string | undefined
  /** The commit that the version names in the clone as it is. */
  readonly known: string | undefined
  readonly modified: readonly string[]
  /** Submodules that are not at the commit the clone asks for. */
  readonly submodules: number
  /** Undefined when nobody needed to ask. */
  readonly remote: RemoteRefs | undefined
}

/**
 * Tells the state in lines of a word and its value, and `ls-remote` lines at the end. The remote is not asked when a
 * full commit name is checked out already, nor about a clone that is left alone.
 */
export function gitStateScript(args: GitArgs): Script {
  const { repo, dest, version = 'HEAD', remote = 'origin', refspec = [], update = true } = args
  const patterns = refPatterns(version, remote, refspec)
  const submodules = args.recursive !== false && !args.bare
  return sh`command -v git >/dev/null 2>&1 || { echo 'git missing'; exit 0; }
${gitEnvironment(args)}
d=${pathWord(dest)}; h=; c=
if [ -e "$d/.git" ] || { [ -f "$d/HEAD" ] && [ -d "$d/objects" ]; }; then
  c=1; ( cd "$d" || exit
  git rev-parse --git-dir >/dev/null || exit
  echo 'place clone'
  printf 'url %s\\n' "$(git config --get remote.${raw(remote)}.url)"
  printf 'known %s\\n' "$(git rev-parse -q --verify ${`${version}^{commit}`})"
  ${args.bare ? sh`echo bare` : checkedOut}
  ${submodules ? raw("[ ! -f .gitmodules ] || git submodule status --recursive | sed -n 's/^[+U-]/submodule /p'") : raw('')} ) || exit
  h=$(cd "$d" && git rev-parse -q --verify HEAD)
elif [ -d "$d" ]; then [ -n "$(ls -A "$d")" ] && echo 'place other' || echo 'place empty'
elif [ -e "$d" ] || [ -L "$d" ]; then echo 'place other'
else echo 'place nothing'; fi
${update ? raw('') : raw('[ -z "$c" ] || exit 0')}
[ "$h" != ${version} ] || exit 0
echo 'remote'
git ls-remote --symref -- ${remoteWord(repo)} ${patterns}`
}

/** Without an index nothing was ever checked out: a clone that was broken off. */
const checkedOut = raw(`if [ -e "$(git rev-parse --git-path index)" ]; then
    printf 'head %s\\n' "$(git rev-parse -q --verify HEAD)"
    git --no-optional-locks status --porcelain --untracked-files=no --ignore-submodules=all | sed 's/^.../modified /'
  fi`)

export function parseGitState({ rc, stdout, stderr }: CommandResult, { dest, bare }: GitArgs): GitState {
  const lines = stdout.split('\n').filter((line) => line !== '')
  const border = lines.indexOf('remote')
  const own = (border < 0 ? lines : lines.slice(0, border)).map((line) => {
    const space = line.indexOf(' ')
    return space < 0 ? ([line, ''] as const) : ([line.slice(0, space), line.slice(space + 1)] as const)
  })
  const all = (word: string): readonly string[] =>
    own.flatMap(([name, value]) => (name === word ? [value] : []))
  const one = (word: string): string | undefined => all(word)[0] || undefined
  if (rc !== 0)
    throw new TaskFailure(failureText(stderr, border < 0 ? dest : 'the repository'), { rc, stderr })
  return {
    hasGit: one('git') !== 'missing',
    place: placeOf(one('place')),
    url: one('url'),
    head: bare ? one('known') : one('head'),
    known: one('known'),
    modified: all('modified'),
    submodules: all('submodule').length,
    remote: border < 0 ? undefined : parseRemoteRefs(lines.slice(border + 1)),
  }
}

const placeOf = (word: string | undefined): GitState['place'] =>
  word === 'clone' || word === 'empty' || word === 'other' ? word : 'nothing'

const failureText = (stderr: string, what: string): string => `git cannot read ${what}: ${gitFailure(stderr)}`

/** The line of git's messages that says what is wrong: the first that is no warning. ssh speaks before git does. */
export function gitFailure(stderr: string): string {
  const lines = stderr.trim().split('\n')
  const line = lines.find((one) => !/^(warning|hint|Cloning into)\b/i.test(one)) ?? lines.at(-1) ?? ''
  return line.replace(/^(fatal|error): /, '')
}
