import { globTest } from './glob-test.ts'

/** A package as a task names it: `nginx`, `nginx:i386`, `nginx=1.22.*`, `nginx/bookworm-backports`. */
export interface AptPackage {
  /** As it was written; apt-get understands it. */
  readonly text: string
  /** With the architecture, when one was given. */
  readonly name: string
  /** May be a pattern. */
  readonly version: string | undefined
  readonly release: string | undefined
  /** The name means all packages that match it. */
  readonly pattern: boolean
}

export function parseAptPackage(text: string): AptPackage {
  const [, name = text, separator, rest] = /^([^=/]+)(?:([=/])(.+))?$/.exec(text.trim()) ?? []
  return {
    text: text.trim(),
    name,
    version: separator === '=' ? rest : undefined,
    release: separator === '/' ? rest : undefined,
    pattern: /[*?[]/.test(name),
  }
}

/** Whether a version is the one that was asked for. */
export function isWantedVersion(wanted: string | undefined, version: string): boolean {
  return wanted === undefined || wanted === version || globTest(wanted)(version)
}
