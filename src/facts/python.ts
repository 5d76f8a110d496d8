import { defineFact } from '#sdk/fact.ts'

export interface Python {
  readonly installed: boolean
  /** Path of the newest Python; empty without one. */
  readonly executable: string
  readonly version: string
}

const script = `for name in python3 python python2; do
  path=$(command -v "$name" 2>/dev/null) || continue
  printf '%s\\n' "$path"
  "$path" -V 2>&1
  exit 0
done`

/** tsplay needs no Python; roles may want to know. */
export default defineFact<Python>({
  name: 'python',
  summary: 'The Python interpreter of the host, if it has one.',
  script,
  reads: [{ kind: 'package' }],
  parse({ stdout }) {
    const [executable = '', version = ''] = stdout.trim().split('\n')
    return { installed: executable !== '', executable, version: version.replace('Python ', '') }
  },
})
