import { spawnSync } from 'node:child_process'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { ControllerReads } from '#model/value.ts'

/** What functions in expressions may read of this machine; relative paths are below `folder`. */
export function controllerReads(folder: string, env: NodeJS.ProcessEnv): ControllerReads {
  return {
    env: (name) => env[name],
    readFile: (path) => readFileSync(resolve(folder, path), 'utf8'),
    exists: (path) => existsSync(resolve(folder, path)),
    glob: (pattern) =>
      globSync(pattern, { cwd: folder })
        .map((path) => resolve(folder, path))
        .sort(),
    pipe: (command) => pipe(command, folder),
    now: () => new Date(),
  }
}

function pipe(command: string, cwd: string): string {
  const { status, stdout, stderr, error } = spawnSync('sh', ['-c', command], { cwd, encoding: 'utf8' })
  if (error) throw error
  if (status !== 0) throw new Error(`"${command}" ended with exit code ${status}: ${stderr.trim()}`)
  return stdout.replace(/\n$/, '')
}
