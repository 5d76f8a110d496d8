import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { KeyedFact } from '#sdk/fact.ts'

/** One kind of host, as far as shells and small programs make it. */
export interface Tools {
  readonly name: string
  readonly shell: readonly string[]
  readonly path: string
}

/** GNU and BusyBox, and BusyBox with a few applets missing where `only` names those it keeps. */
export function toolSets(only?: readonly string[]): { readonly sets: readonly Tools[]; close(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'tsplay-tools-'))
  const busybox = '/usr/bin/busybox'
  const gnu = { name: 'GNU', shell: ['/bin/sh'], path: process.env['PATH'] ?? '' }
  const hasBusybox = spawnSync(busybox, ['true']).status === 0
  if (!hasBusybox) return { sets: [gnu], close: () => rmSync(folder, { recursive: true }) }
  const applets = execFileSync(busybox, ['--list'], { encoding: 'utf8' }).trim().split('\n')
  for (const applet of only ?? applets) symlinkSync(busybox, join(folder, applet))
  const small = {
    name: only ? `BusyBox with ${only.join(', ')}` : 'BusyBox',
    shell: [busybox, 'sh'],
    path: folder,
  }
  return { sets: only ? [small] : [gnu, small], close: () => rmSync(folder, { recursive: true }) }
}

/** Asks a fact by a real shell on this machine. */
export function askHere<T>(
  fact: KeyedFact<T>,
  keys: readonly string[],
  tools: Tools,
  cwd: string,
): readonly T[] {
  const [program = '', ...words] = tools.shell
  const output = spawnSync(program, [...words, '-c', fact.script(keys)], {
    encoding: fact.binary ? 'latin1' : 'utf8',
    cwd,
    env: { PATH: tools.path, HOME: cwd, LC_ALL: 'C.UTF-8' },
    maxBuffer: 1 << 26,
  })
  return fact.parse({ rc: output.status ?? -1, stdout: output.stdout, stderr: output.stderr }, keys)
}
