import { withoutSlash } from './host-path.ts'

/** The way from a folder to something below it: `a/b` for `/x/a/b` below `/x` or `/x/`. */
export function relativePath(folder: string, path: string): string {
  const base = withoutSlash(folder)
  return path.slice(base === '/' ? 1 : base.length).replace(/^\/+/, '')
}
