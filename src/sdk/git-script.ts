import { parseMode } from './file-mode.ts'
import type { GitArgs } from './git-args.ts'
import type { Version } from './git-refs.ts'
import { folderOf, pathWord } from './host-path.ts'
import { modeText } from './path-state.ts'
import { quote, raw, type Script, sh } from './quote.ts'

/** Nobody is there to answer questions; how `ssh` is called follows the arguments. */
export function gitEnvironment({ key_file, accept_hostkey, ssh_opts, umask }: GitArgs): Script {
  const ssh = [
    ...(key_file === undefined ? [] : [`-i ${pathWord(key_file)} -o IdentitiesOnly=yes`]),
    ...(accept_hostkey ? ['-o StrictHostKeyChecking=accept-new'] : []),
    ...(ssh_opts === undefined ? [] : [ssh_opts]),
  ]
  const command = ['ssh -o BatchMode=yes', ...ssh].join(' ')
  return raw(
    [
      'export GIT_TERMINAL_PROMPT=0 LC_ALL=C',
      // git hands the text to a shell of its own.
      ...(ssh.length === 0 ? [] : [`export GIT_SSH_COMMAND=${quote(command)}`]),
      ...(umask === undefined ? [] : [`umask ${modeText(parseMode(umask, 0, false))}`]),
    ].join('\n'),
  )
}

/** A local path may begin with `~`. */
export const remoteWord = (repo: string): Script => (repo.startsWith('~') ? pathWord(repo) : sh`${repo}`)

/** Clones, checks the signature, checks out. What it made is removed again when it fails. It prints the commit. */
export function cloneScript(args: GitArgs, version: Version): Script {
  const { repo, dest } = args
  const path = pathWord(dest)
  return sh`${gitEnvironment(args)}
mkdir -p ${pathWord(folderOf(dest))} || exit
e=; [ ! -d ${path} ] || e=1
git clone -q ${cloneFlags(args, version)} ${folderFlags(args)} -- ${remoteWord(repo)} ${path} || exit
( cd ${path} || exit
${afterClone(args, version)} ) || {
  s=$?
  if [ -n "$e" ]; then ( cd ${path} && rm -rf ..?* .[!.]* * ); else rm -rf ${path}; fi
  exit "$s"
}
cd ${path} || exit
${submoduleScript(args)}
${commitScript(args)}`
}

/** A clone checks out a branch or tag by itself; not so other versions, and those to be verified first. */
const needsSwitch = ({ verify_commit }: GitArgs, { kind }: Version): boolean =>
  kind === 'commit' || kind === 'ref' || verify_commit === true

function cloneFlags(args: GitArgs, version: Version): readonly (string | number)[] {
  const { bare, remote = 'origin', depth, single_branch } = args
  return [
    ...(bare ? ['--bare'] : ['--origin', remote]),
    ...(needsSwitch(args, version) && !bare ? ['--no-checkout'] : []),
    ...(depth === undefined ? [] : ['--depth', depth]),
    ...(single_branch ? ['--single-branch'] : []),
    ...(version.kind === 'branch' || version.kind === 'tag' ? ['--branch', version.name] : []),
  ]
}

function afterClone(args: GitArgs, version: Version): Script {
  const { bare, remote = 'origin', refspec = [] } = args
  const rename =
    bare && remote !== 'origin' ? sh`git remote rename origin ${remote} 2>/dev/null || exit` : raw('')
  const isLater = needsSwitch(args, version)
  const fetch = isLater || refspec.length > 0 ? fetchScript(args, version) : raw('')
  return sh`${rename}
${fetch}
${isLater ? switchScript(args, version) : raw(':')}`
}

function folderFlags({ reference, separate_git_dir }: GitArgs): Script {
  const words = [
    ...(reference === undefined ? [] : [`--reference ${pathWord(reference)}`]),
    ...(separate_git_dir === undefined ? [] : [`--separate-git-dir ${pathWord(separate_git_dir)}`]),
  ]
  return raw(words.join(' '))
}

/** Brings a clone to a version. It prints the commit. */
export function updateScript(
  args: GitArgs,
  version: Version,
  { url, isBehind }: { url: string | undefined; isBehind: boolean },
): Script {
  const { repo, dest, remote = 'origin', bare } = args
  const verb = url === undefined ? 'add' : 'set-url'
  return sh`${gitEnvironment(args)}
cd ${pathWord(dest)} || exit
${url === repo ? raw('') : sh`git remote ${verb} ${remote} ${remoteWord(repo)} || exit`}
${isBehind ? fetchScript(args, version) : raw('')}
${isBehind ? switchScript(args, version) : bare ? raw('') : sh`git reset -q --hard || exit`}
${submoduleScript(args)}
${commitScript(args)}`
}

/** Fetches what the version names: everything, unless only a part of the history is wanted. */
function fetchScript(args: GitArgs, version: Version): Script {
  const { remote = 'origin', refspec = [], depth, bare } = args
  const isPart = depth !== undefined || args.single_branch === true
  const shallow = depth === undefined ? [] : ['--depth', depth]
  const tracked = bare ? 'refs/heads/' : `refs/remotes/${remote}/`
  const all = isPart ? [] : [`+refs/heads/*:${tracked}*`]
  const wanted = [...all, ...wantedRefspec(version, tracked, isPart), ...refspec]
  const flags = ['-q', '--force', '--update-head-ok', ...(isPart ? [] : ['--tags']), ...shallow]
  const fetch = wanted.length === 0 ? raw(':') : sh`git fetch ${flags} ${remote} ${wanted}`
  if (version.kind !== 'commit') return sh`${fetch} || exit`
  // A commit that no branch leads to, or that a part of the history leaves out, is asked for by name.
  return sh`${fetch} || exit
git cat-file -e ${`${version.name}^{commit}`} 2>/dev/null || git fetch -q ${shallow} ${remote} ${version.name} || exit`
}

function wantedRefspec(version: Version, tracked: string, isPart: boolean): readonly string[] {
  if (version.kind === 'ref') return [version.ref]
  if (version.kind === 'branch' && isPart) return [`+refs/heads/${version.name}:${tracked}${version.name}`]
  return version.kind === 'tag' ? [`+refs/tags/${version.name}:refs/tags/${version.name}`] : []
}

function switchScript(args: GitArgs, version: Version): Script {
  const { remote = 'origin', bare } = args
  if (version.kind === 'nothing') return raw(':')
  const commit =
    bare || version.kind !== 'branch' ? commitName(version) : `refs/remotes/${remote}/${version.name}`
  const goal =
    version.kind === 'branch' ? sh`-B ${version.name} ${commit}` : sh`--detach ${`${commit}^{commit}`}`
  const checkOut = sh`git checkout -q --force ${goal} -- || exit
git reset -q --hard || exit`
  return sh`${verifyScript(args, version, commit)}
${bare ? raw(':') : checkOut}`
}

const commitName = (version: Exclude<Version, { kind: 'nothing' }>): string =>
  version.kind === 'commit' ? version.name : version.sha

/** A tag with a signature of its own vouches for its commit. */
function verifyScript(
  { verify_commit, gpg_allowlist = [] }: GitArgs,
  version: Version,
  commit: string,
): Script {
  if (!verify_commit) return raw('')
  const verify =
    version.kind === 'tag'
      ? sh`if [ "$(git cat-file -t ${`refs/tags/${version.name}`})" = tag ]; then v="verify-tag --raw refs/tags/"${version.name}; else v="verify-commit --raw "${commit}; fi`
      : sh`v="verify-commit --raw "${commit}`
  const keys = gpg_allowlist.map((key) => key.replaceAll(' ', '').toUpperCase())
  const allowed = sh`f=$(printf '%s\\n' "$o" | sed -n 's/^\\[GNUPG:\\] VALIDSIG .* //p')
case ${` ${keys.join(' ')} `} in *" $f "*) ;; *) echo "The key $f that signed it is not in gpg_allowlist." >&2; exit 1 ;; esac`
  return sh`${verify}
o=$(git $v 2>&1) || { printf 'The signature cannot be verified. %s\\n' "$o" >&2; exit 1; }
${keys.length === 0 ? raw('') : allowed}`
}

const submoduleScript = ({ recursive, bare, depth }: GitArgs): Script =>
  recursive === false || bare
    ? raw('')
    : sh`[ ! -f .gitmodules ] || { git submodule -q sync --recursive && git submodule -q update --init --recursive --force ${depth === undefined ? [] : ['--depth', depth]}; } || exit`

const commitScript = ({ bare, version = 'HEAD' }: GitArgs): Script =>
  sh`git rev-parse -q --verify ${`${bare ? version : 'HEAD'}^{commit}`} || :`
