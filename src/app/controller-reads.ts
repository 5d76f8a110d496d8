import { spawnSync } from 'node:child_process'
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { ControllerReads } from '#model/value.ts'

/**
 * What functions in expressions may read of this machine; relative paths are below `folder`. Check mode makes
 * no password files.
 */
export function controllerReads(
  folder: string,
  env: NodeJS.ProcessEnv,
  mode: 'apply' | 'check',
): ControllerReads {
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
    ...(mode === 'apply' && { createSecret: (path, text) => createSecret(resolve(folder, path), text) }),
  }
}

function createSecret(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  // `wx` fails on a file that is there already, so two runs at once cannot exchange each other's password.
  writeFileSync(path, text, { flag: 'wx', mode: 0o600 })
}

function pipe(command: string, cwd: string): string {
  const { status, stdout, stderr, error } = spawnSync('sh', ['-c', command], { cwd, encoding: 'utf8' })
  if (error) throw error
  if (status !== 0) throw new Error(`"${command}" ended with exit code ${status}: ${stderr.trim()}`)
  return stdout.replace(/\n$/, '')
}
