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

export default defineConfig({
  test: {
    // Most tests wait for hosts more than they compute.
    maxWorkers: 2,
    fsModuleCache: true,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [...shell, ...ssh, ...lab],
          setupFiles: ['test/support/no-process.ts'],
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
