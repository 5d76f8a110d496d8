import type { Frame } from '#model/transport.ts'

/** A word for a POSIX shell, always in single quotes. */
export function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`
}

/**
 * The environment every frame starts from, whatever the login shell left behind:
 *
 * - `LC_ALL=C.UTF-8` where the host has it, else `C`: messages stay English for parsers, file names stay bytes.
 * - The folders of system programs are appended to PATH; login shells of ordinary users leave `sbin` out.
 * - `umask 022`, so that files come out the same whoever logs in.
 * - The acting user's home is the current folder, as after a login.
 */
const environment = [
  'unset ENV BASH_ENV CDPATH LANGUAGE',
  'PATH="${PATH:+$PATH:}/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"',
  'if [ -d /usr/lib/locale/C.utf8 ] || [ -d /usr/lib/locale/C.UTF-8 ]; then LC_ALL=C.UTF-8; else LC_ALL=C; fi',
  'export PATH LC_ALL',
  'umask 022',
  '{ cd "$HOME" || cd /; } 2>/dev/null',
].join('; ')

/** The first line of a shell with three pipes: sets the environment and says that it is ready. */
export function bootstrap(nonce: string): string {
  return `${environment}; echo "\x1e${nonce} ready $$"; echo "\x1e${nonce} ready" >&2\n`
}

/**
 * The first line of a shell behind a terminal. A terminal has one output stream only, so stderr goes to a
 * file that has no name any more, and is read back after each frame; where there can be none, the two are mixed.
 */
export function terminalBootstrap(nonce: string): string {
  const file =
    '_t=$(umask 077; mktemp) && exec 3>"$_t" 4<"$_t" && rm -f "$_t" || exec 3>&1 4</dev/null; unset _t'
  return `${environment}; ${file}; echo "\x1e${nonce} ready $$"; echo "\x1e${nonce} ready2"\n`
}

/** Stands for the exit code of a frame that was not run, because its chain had ended. */
export const notRun = '-'

/** What a shell is sent for one frame. The frame runs in a subshell, so that nothing of it stays behind. */
export function frameText(frame: Frame, nonce: string, id: number): string {
  const end = `\x1e${nonce} end ${id} $_r`
  const body = inSubshell(frame, subshell(frame, nonce, id), '</dev/null')
  return `${linked(frame, body)}; echo "${end}"; echo "${end}" >&2\n`
}

/** As `frameText`, for a shell that was started with `terminalBootstrap`. */
export function terminalFrameText(frame: Frame, nonce: string, id: number): string {
  const body = inSubshell(frame, subshell(frame, nonce, id), '</dev/null 2>&3 3>&- 4<&-')
  return `${linked(frame, body)}; echo "\x1e${nonce} end ${id} $_r"; cat <&4; echo "\x1e${nonce} end2 ${id} $_r"\n`
}

/** What is kept has a subshell already: that of the substitution. */
const inSubshell = ({ keepAs }: Frame, body: string, redirections: string): string =>
  keepAs === undefined ? `( ${body} ) ${redirections}` : `${keepAs}=$( { ${body}; } ${redirections} )`

/** Runs the body and leaves its exit code in `_r`; in `_c`, what became of the chain. */
function linked({ chain }: Frame, body: string): string {
  if (!chain) return `${body}; _r=$?`
  const { id, position, guard } = chain
  const note = `_c="${id} ${position} $_r"`
  if (position === 0) return `${body}; _r=$?; ${note}`
  const held = guard === undefined ? '' : ` && ( eval ${quoted(guard)} ) </dev/null >/dev/null 2>&1`
  const isNext = `[ "$_c" = "${id} ${position - 1} 0" ]${held}`
  return `if ${isNext}; then ${body}; _r=$?; else _r=${notRun}; fi; ${note}`
}

function subshell(frame: Frame, nonce: string, id: number): string {
  const exports = Object.entries(frame.env ?? {}).map(([name, value]) => `export ${name}=${quoted(value)}; `)
  const announce = frame.timeoutMs === undefined ? '' : ownPid(nonce, id)
  return `${announce}${exports.join('')}eval ${quoted(frame.script)}`
}

/** Says the subshell's process id, so that its processes can be found and ended when it takes too long. */
function ownPid(nonce: string, id: number): string {
  // Where there is no /proc, a child is asked for its parent.
  const read = "{ read -r _p _x </proc/self/stat; } 2>/dev/null || _p=$(exec sh -c 'echo $PPID')"
  return `${read}; echo "\x1e${nonce} start ${id} $_p"; unset _p _x; `
}

/** The first line of a shell that runs one script and leaves the rest of stdin to it. It says that it is ready. */
export function programLoader(nonce: string): string {
  const collect = `_s=; while IFS= read -r _l; do [ "$_l" = ${nonce} ] && break; _s="$_s$_l$_n"; done`
  const ready = `echo "\x1e${nonce} ready $$"; echo "\x1e${nonce} ready" >&2`
  return `${environment}; _n=$(printf '\\nx'); _n=\${_n%x}; ${ready}; ${collect}; eval "$_s"\n`
}

/** What the loader reads next. */
export function programText(script: string, nonce: string): string {
  return `${script}\n${nonce}\n`
}
