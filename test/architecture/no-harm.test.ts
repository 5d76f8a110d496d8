import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { moduleFiles } from '../../scripts/module-files.ts'

// Nothing of a user's is lost because a role thought so: what destroys is asked for by name.

const root = join(import.meta.dirname, '../..')
const textOf = (path: string): string => readFileSync(join(root, path), 'utf8')
const filesOf = (...patterns: string[]): string[] => globSync(patterns, { cwd: root }).toSorted()

/** Commands that lose pools, datasets, volumes, disks, machines or clusters. */
const destroying =
  /\b((zpool|zfs|qm) destroy|(lv|vg|pv)remove|wipefs (?!-n)-|mkfs\.|zpool labelclear|blkdiscard|kubeadm reset)/

type Fields = Readonly<Record<string, unknown>>

/** Every mapping in a YAML file, however deep. */
function mappingsIn(value: unknown): readonly Fields[] {
  if (typeof value !== 'object' || value === null) return []
  const below = Object.values(value).flatMap(mappingsIn)
  return Array.isArray(value) ? below : [Object.fromEntries(Object.entries(value)), ...below]
}

const tasks = filesOf('roles/*/{tasks,handlers}/*.yml', 'playbooks/*.yml').flatMap((path) =>
  mappingsIn(parse(textOf(path), { logLevel: 'silent' })).map((task) => ({ path, task })),
)

describe('roles and playbooks', () => {
  test('never allow a module to destroy or to shrink', () => {
    const words = ['allow_destroy', 'allow_shrink', 'prune_dangerous']
    const allowing = tasks.filter(({ task }) => words.some((word) => Object.hasOwn(task, word)))
    expect(allowing.map(({ path }) => path)).toEqual([])
    expect(tasks.filter(({ task }) => Object.hasOwn(task, 'proxmox_vm'))).toHaveLength(2)
  })

  test('reset a node only when a variable names it', () => {
    const resets = tasks.filter(({ task }) =>
      mappingsIn(task['kubeadm']).some(({ state }) => state === 'reset'),
    )
    expect(resets.map(({ path, task }) => [path, task['when']])).toEqual([
      ['playbooks/reset-kubernetes.yml', 'inventory_hostname in kubernetes_destroy'],
    ])
  })

  test('begin a cluster anew, or leave one, only by variables that say so and are off', () => {
    const told = tasks.flatMap(({ task }) => mappingsIn(task['kubeadm']))
    const resetting = told.flatMap(({ reset_partial, reset_foreign }) => [reset_partial, reset_foreign])
    expect(resetting.filter((value) => value !== undefined)).toEqual([
      '{{ kubeadm_reset_partial }}',
      '{{ kubeadm_reset_foreign }}',
    ])
    const defaults = filesOf('roles/kubeadm-*/defaults/main.yml').map((path) => parse(textOf(path)))
    expect(Object.assign({}, ...defaults)).toMatchObject({
      kubeadm_reset_partial: false,
      kubeadm_reset_foreign: false,
    })
  })

  test('call no program that destroys, but for backups their own snapshots and scratch machines', () => {
    const files = filesOf('roles/*/{tasks,handlers,templates,files}/**/*', 'playbooks/*.yml')
    const calling = files.filter((path) => /\.[a-z]+$|-[a-z]+$/.test(path) && destroying.test(textOf(path)))
    expect(calling).toEqual(['roles/backups/files/snapshot-backup', 'roles/backups/files/vm-restore.sh'])
  })
})

describe('modules', async () => {
  const modules = await moduleFiles()
  const destroyers = modules.filter(({ file }) => destroying.test(textOf(`src/modules/${file}.ts`)))

  test('are these that destroy: all else is not able to', () => {
    const others = filesOf('src/sdk/**/*.ts', 'src/facts/*.ts').filter((path) =>
      destroying.test(textOf(path)),
    )
    expect(destroyers.map(({ name }) => name)).toEqual([
      'filesystem',
      'kubeadm',
      'lvg',
      'lvol',
      'zfs',
      'zpool',
    ])
    // The parts of proxmox_vm and filesystem that write their scripts.
    expect(others).toEqual(['src/sdk/filesystem-script.ts', 'src/sdk/proxmox-vm-script.ts'])
  })

  test.each([...destroyers.map(({ name }) => name), 'proxmox_vm'])(
    '%s needs to be told, and is not by default',
    (name) => {
      const args = modules.find((one) => one.name === name)?.definition.args
      const guards = Object.entries(Object(args).properties ?? {}).filter(([key]) =>
        /^(allow_destroy|confirm|reset_partial|reset_foreign)$/.test(key),
      )
      expect(guards.length).toBeGreaterThan(0)
      for (const [key, schema] of guards)
        if (key !== 'confirm') expect(schema, key).toMatchObject({ default: false })
    },
  )
})
