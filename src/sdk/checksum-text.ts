import { TaskFailure } from './module.ts'

const lengths = { md5: 32, sha1: 40, sha224: 56, sha256: 64, sha384: 96, sha512: 128 } as const
export type SumAlgorithm = keyof typeof lengths

/** `sha256:<hex>` or `sha256:<address of a list of sums>`. */
export type WantedSum =
  | { readonly algorithm: SumAlgorithm; readonly hex: string }
  | { readonly algorithm: SumAlgorithm; readonly url: string }

/** Reads the `checksum` argument of `get_url`. Throws TaskFailure for what is none. */
export function parseWantedSum(text: string): WantedSum {
  const [, name = '', value = ''] = /^([^:]*):(.*)$/s.exec(text.trim()) ?? []
  const algorithm = Object.keys(lengths).find((known): known is SumAlgorithm => known === name.toLowerCase())
  if (!algorithm) {
    throw new TaskFailure(
      `The checksum "${text}" must begin with its algorithm: one of ${Object.keys(lengths).join(', ')}, and a colon.`,
    )
  }
  if (/^[a-z]+:\/\//i.test(value)) return { algorithm, url: value }
  const hex = value.replaceAll(/\W+/g, '').toLowerCase()
  if (!new RegExp(`^[0-9a-f]{${lengths[algorithm]}}$`).test(hex)) {
    throw new TaskFailure(`The checksum "${value}" is not ${lengths[algorithm]} hexadecimal digits.`)
  }
  return { algorithm, hex }
}

/**
 * The sum of a file in a list such as `sha256sum` writes, or BSD's `SHA256 (name) = …`. A list of a single sum without
 * a name is about that file. Undefined when the list does not have it.
 */
export function sumInList(list: string, name: string, algorithm: SumAlgorithm): string | undefined {
  const hex = `[0-9a-fA-F]{${lengths[algorithm]}}`
  const lines = list
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
  const entries = lines.flatMap((line) => {
    const [, sum, file] = new RegExp(`^\\\\?(${hex})(?:\\s+[ *]?(.+))?$`).exec(line) ?? []
    const [, bsdFile, bsdSum] = new RegExp(`^\\w+ \\((.+)\\) = (${hex})$`).exec(line) ?? []
    if (sum !== undefined) return [{ sum, file }]
    return bsdSum === undefined ? [] : [{ sum: bsdSum, file: bsdFile }]
  })
  const named = entries.find(({ file }) => file !== undefined && file.replace(/^.*\//, '') === name)
  const [only] = entries
  return (named ?? (entries.length === 1 && only?.file === undefined ? only : undefined))?.sum.toLowerCase()
}
