import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** A repository with a working tree on this machine, for tests to clone from. */
export interface GitRepository {
  readonly path: string
  /** Writes files and commits them; gives the commit. */
  commit(files: Readonly<Record<string, string>>): string
  git(...words: readonly string[]): string
}

/** What git is told by the environment, so that no settings of the person who runs the tests matter. */
export const gitEnvironment = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  // Submodules from paths are refused unless asked for (CVE-2022-39253).
  GIT_CONFIG_COUNT: '1',
  GIT_CONFIG_KEY_0: 'protocol.file.allow',
  GIT_CONFIG_VALUE_0: 'always',
}

/** Makes a repository with a branch `main` and no commits. */
export function makeRepository(path: string): GitRepository {
  mkdirSync(path, { recursive: true })
  const git = (...words: readonly string[]): string => runGit(path, words)
  git('init', '-q', '-b', 'main')
  return {
    path,
    git,
    commit(files) {
      for (const [name, text] of Object.entries(files)) {
        mkdirSync(dirname(join(path, name)), { recursive: true })
        writeFileSync(join(path, name), text)
      }
      git('add', '-A')
      git('commit', '-q', '-m', 'A change')
      return git('rev-parse', 'HEAD')
    },
  }
}

/** Runs git in a folder and gives what it printed, without the line end. */
export function runGit(folder: string, words: readonly string[]): string {
  const who = { name: 'Somebody', email: 'somebody@example.org' }
  const env = {
    ...process.env,
    ...gitEnvironment,
    GIT_AUTHOR_NAME: who.name,
    GIT_AUTHOR_EMAIL: who.email,
    GIT_COMMITTER_NAME: who.name,
    GIT_COMMITTER_EMAIL: who.email,
  }
  return execFileSync('git', ['-C', folder, ...words], { encoding: 'utf8', env, stdio: 'pipe' }).trim()
}
