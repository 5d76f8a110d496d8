import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', include: ['test/**/*.test.ts'], exclude: ['test/**/*.ssh.test.ts', 'test/**/*.lab.test.ts', 'test/e2e/**'] } },
      { test: { name: 'ssh', include: ['test/**/*.ssh.test.ts', 'test/e2e/**/*.test.ts'], exclude: ['test/**/*.lab.test.ts'], testTimeout: 60_000, hookTimeout: 60_000 } },
      { test: { name: 'lab', include: ['test/**/*.lab.test.ts'], testTimeout: 300_000, hookTimeout: 300_000, fileParallelism: false } },
    ],
  },
})
