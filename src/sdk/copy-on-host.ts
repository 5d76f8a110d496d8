import type { FileWrite, WriteHost } from './host.ts'
import { baseName, folderOf, joinPath, pathWord } from './host-path.ts'
import { modeText } from './path-state.ts'
import { raw, sh } from './quote.ts'

/**
 * Replaces a file by a copy of another one on the same host, as `host.write` does: a temporary file in the same
 * folder, owner and mode first, then the check, then rename. Gives the backup's path.
 */
export async function copyOnHost(
  host: WriteHost,
  from: string,
  to: Omit<FileWrite, 'content'>,
): Promise<{ backup?: string }> {
  const { path, mode, owner, group, validate, backup } = to
  const temporary = joinPath(folderOf(path), `.${baseName(path)}.tsplay-`)
  const ownership = [owner ?? '', ...(group === undefined ? [] : [group])].join(':')
  const word = pathWord(path)
  const { stdout } = await host.run(sh`t=${pathWord(temporary)}$$
trap 'rm -f "$t"' 0; trap 'exit 143' 1 2 13 15
umask 077
cp ${pathWord(from)} "$t" &&
${ownership === '' ? raw('') : sh`chown ${ownership} "$t" &&`}
chmod ${modeText(mode)} "$t" &&
${validate === undefined ? raw('') : raw(`{ ${validate.replaceAll('%s', '"$t"')}; } >&2 &&`)}
${backup ? sh`{ b=${word}.$(date +%Y-%m-%d@%H:%M:%S)~ && cp -p ${word} "$b" && printf '%s\\n' "$b"; } &&` : raw('')}
mv -f "$t" ${word}`)
  return backup ? { backup: stdout.replace(/\n$/, '') } : {}
}
