import { readlink } from 'node:fs/promises'

const usual = ['--mount', '--uts', '--ipc', '--net', '--pid', '--root', '--wd']

/** The command that runs `argv` in the namespaces of the process `pid`. */
export async function enterNamespaces(
  { pid, argv }: { readonly pid: number; readonly argv: readonly string[] },
  first: readonly string[] = [],
): Promise<readonly string[]> {
  // A namespace that belongs to the whole machine cannot be entered by a plain user, nor need it be.
  const [own, theirs] = await Promise.all(
    ['self', String(pid)].map((process) => readlink(`/proc/${process}/ns/time`).catch(() => undefined)),
  )
  const time = theirs !== undefined && theirs !== own ? ['--time'] : []
  return ['nsenter', '--target', String(pid), ...first, ...usual, ...time, '--', ...argv]
}
