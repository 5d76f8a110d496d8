import { accessSync, constants } from 'node:fs'
import { defineConfig } from 'vitest/config'
import { LongestFirst } from './scripts/longest-first.ts'

/** Far beyond what any test takes, so that a busy machine fails none: it ends only what hangs. */
const limit = { testTimeout: 60_000, hookTimeout: 60_000 }

/** What needs throwaway hosts. */
const lab = ['test/**/*.lab.test.ts']
/** What starts real OpenSSH servers and whole runs. */
const ssh = ['test/**/*.ssh.test.ts', 'test/e2e/**/*.test.ts']
/** What starts processes or servers on this machine, or stands for them: modules and programs of roles above all, by its shell. */
const shell = ['test/**/*.shell.test.ts', 'test/{doubles,modules,roles}/**/*.test.ts']

/** One process for many files: loading the program anew for each would take longer than the tests. */
const shared = { pool: 'forks', isolate: false } as const

/** Where small files cost next to nothing, if there is such a place. Nothing that it holds need be run. */
const inMemory = canWrite('/dev/shm') ? { TMPDIR: '/dev/shm' } : {}

function canWrite(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK)
    return true
  } catch {
    return false
  }
}

export default defineConfig({
  test: {
    // Most tests wait for hosts more than they compute, so that a processor has room for more than one.
    maxWorkers: 3,
    // Node itself strips the types, which takes less time than any transformation.
    experimental: { viteModuleRunner: false },
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [...shell, ...ssh, ...lab],
          setupFiles: ['test/support/no-process.ts'],
          env: inMemory,
          ...shared,
          ...limit,
        },
      },
      {
        test: {
          name: 'shell',
          include: shell,
          exclude: [...ssh, ...lab],
          ...shared,
          ...limit,
        },
      },
      { test: { name: 'ssh', include: ssh, exclude: lab, ...limit } },
      {
        test: {
          name: 'lab',
          include: lab,
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
})
