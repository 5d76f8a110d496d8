import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { type ModuleBench, openModuleBench } from './module.ts'

export interface PveBench extends ModuleBench {
  /** What Proxmox was told since the last time this was asked, without questions. */
  told(): readonly string[]
  /** Lets a command's task fail, as `qm template`. */
  fail(...commands: readonly string[]): void
}

const empty = {
  vms: {},
  storages: {
    'tank-vmstore': { type: 'zfspool', pool: 'tank-vmstore', content: 'images,rootdir' },
    iso: { type: 'dir', path: '/srv/iso', content: 'iso,vztmpl' },
  },
  users: { 'root@pam': { fields: { enable: '1' }, tokens: {} } },
  acl: [],
  failing: [],
}

/** A bench whose host has the programs of Proxmox VE; call at the top of a `describe`. */
export function withPveBench(): () => PveBench {
  let open: PveBench | undefined
  beforeAll(() => {
    open = openPveBench()
  })
  afterAll(() => open?.close())
  return () => {
    if (!open) throw new Error('The bench is open only while tests run.')
    return open
  }
}

function openPveBench(): PveBench {
  // Known only once the bench has made its folder, and read by its shell when that is started.
  const env = { ...process.env }
  const bench = openModuleBench(undefined, env)
  env['PATH'] = `${bench.folder}:${process.env['PATH']}`
  const file = join(bench.folder, 'pve.json')
  const calls = join(bench.folder, 'calls')
  const program = join(import.meta.dirname, 'pve-double.ts')
  writeFileSync(file, JSON.stringify(empty))
  for (const name of ['pvesh', 'qm', 'pvesm', 'pveum']) {
    const path = join(bench.folder, name)
    writeFileSync(path, `#!/bin/sh\nexec '${process.execPath}' '${program}' '${bench.folder}' ${name} "$@"\n`)
    chmodSync(path, 0o755)
  }
  return {
    ...bench,
    told() {
      const lines = readFileSync(calls, 'utf8').split('\n')
      writeFileSync(calls, '')
      return lines.filter((line) => line !== '' && !line.startsWith('pvesh get'))
    },
    fail(...commands) {
      const state: unknown = JSON.parse(readFileSync(file, 'utf8'))
      writeFileSync(file, JSON.stringify({ ...empty, ...Object(state), failing: commands }))
    },
  }
}
