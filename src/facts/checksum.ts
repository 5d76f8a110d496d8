import { HostError } from '#model/host-error.ts'
import { defineKeyedFact } from '#sdk/fact.ts'
import { pathWords } from '#sdk/host-path.ts'

const tools = {
  sha256: [
    'sha256sum --',
    'shasum -a 256 --',
    'openssl dgst -sha256 -r',
    'cksum --untagged -a sha256 --',
    'sha256 -r',
  ],
  sha1: ['sha1sum --', 'shasum -a 1 --', 'openssl dgst -sha1 -r', 'cksum --untagged -a sha1 --', 'sha1 -r'],
  md5: ['md5sum --', 'openssl dgst -md5 -r', 'cksum --untagged -a md5 --', 'md5 -r'],
  sha224: ['sha224sum --', 'shasum -a 224 --', 'openssl dgst -sha224 -r'],
  sha384: ['sha384sum --', 'shasum -a 384 --', 'openssl dgst -sha384 -r'],
  sha512: ['sha512sum --', 'shasum -a 512 --', 'openssl dgst -sha512 -r'],
} as const

export type ChecksumAlgorithm = keyof typeof tools

export const checksumAlgorithms = Object.freeze(Object.keys(tools))

/** The key that asks for a file's checksum. */
export const checksumKey = (path: string, algorithm: ChecksumAlgorithm = 'sha256'): string =>
  `${algorithm}:${path}`

/** More words than this do not surely fit into the argument list of one process. */
const atOnce = 500

/**
 * Checksums of files, as lower-case hex: one process for all files of an algorithm. Undefined for what is no file
 * (or a link to one) or cannot be read. A host without any program for it is an error only when it is asked.
 */
export default defineKeyedFact<string | undefined>({
  name: 'checksum',
  summary: 'Checksums of files.',
  binary: true,
  script: (keys) => blocks(keys).map(block).join('\n'),
  reads: (key) => [{ kind: 'path', name: pathOf(key) }],
  parse({ stdout, rc }, keys) {
    const found = new Map<string, string>()
    const outputs = stdout.split('\x1d').slice(1)
    blocks(keys).forEach((some, i) => {
      for (const [key, sum] of sumsOf(some, outputs[i] ?? '')) found.set(key, sum)
    })
    if (rc === 127) throw noProgram(keys)
    return keys.map((key) => found.get(key))
  },
})

const algorithmOf = (key: string): string => key.slice(0, key.indexOf(':'))
const pathOf = (key: string): string => key.slice(key.indexOf(':') + 1)

function blocks(keys: readonly string[]): readonly (readonly string[])[] {
  const byAlgorithm = Map.groupBy(keys, algorithmOf)
  return [...byAlgorithm.values()].flatMap((some) =>
    Array.from({ length: Math.ceil(some.length / atOnce) }, (_, i) =>
      some.slice(i * atOnce, (i + 1) * atOnce),
    ),
  )
}

function block(keys: readonly string[]): string {
  return `_i=0; _all='set --'; _said=
for _p in ${pathWords(keys.map(pathOf))}; do
  if [ -f "$_p" ] && [ -r "$_p" ]; then eval "_p$_i=\\$_p"; _all="$_all \\"\\$_p$_i\\""; _said="$_said$_i "; fi
  _i=$((_i + 1))
done
printf '\\035%s\\n' "$_said"; eval "$_all"
if [ $# -gt 0 ]; then
${choice(algorithmOf(keys[0] ?? ''))}
fi`
}

/** When a file has vanished meanwhile, each is asked for by itself, so that no line is missing. */
function choice(algorithm: string): string {
  const known = Object.entries(tools).find(([name]) => name === algorithm)?.[1] ?? []
  const lines = known.map(
    (tool, i) =>
      `${i === 0 ? 'if' : 'elif'} command -v ${tool.split(' ')[0]} >/dev/null 2>&1; then
  if _o=$(${tool} "$@" 2>/dev/null); then printf '%s\\n' "$_o"
  else for _p do ${tool} "$_p" 2>/dev/null || echo -; done; fi`,
  )
  return `${lines.join('\n')}\nelse exit 127; fi`
}

function sumsOf(keys: readonly string[], output: string): readonly (readonly [string, string])[] {
  const [numbers = '', ...lines] = output.split('\n')
  // A name with a newline in it may take several lines; GNU's tools mark escaped names with a backslash.
  const sums = lines.flatMap((line) => {
    const match = /^(?:\\?([0-9a-f]{32,128})\b|-$)/.exec(line)
    return match ? [match[1]] : []
  })
  return numbers
    .trim()
    .split(' ')
    .flatMap((number, i) => {
      const key = number === '' ? undefined : keys[Number(number)]
      const sum = sums[i]
      return key === undefined || sum === undefined ? [] : [[key, sum] as const]
    })
}

function noProgram(keys: readonly string[]): HostError {
  const names = [...new Set(keys.map(algorithmOf))].join(', ')
  return new HostError('refused', `The host has no program for checksums (${names}).`, {
    remedy: 'Install coreutils, BusyBox or OpenSSL there.',
  })
}
