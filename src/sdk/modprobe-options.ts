/**
 * The text of a modprobe.d(5) file with one option of one module set; undefined takes it away. All other options, on
 * the same line or another, stay, and so do comments.
 */
export function setModuleOption(
  text: string,
  module: string,
  option: string,
  value: string | undefined,
): string {
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n')
  let found = false
  const after = lines.flatMap((line) => {
    const [keyword, name, ...options] = line.trim().split(/\s+/)
    if (keyword !== 'options' || !sameModule(name, module) || !options.some(isOption(option))) return [line]
    const kept = options.filter((one) => !isOption(option)(one))
    if (found || value === undefined) return kept.length > 0 ? [['options', name, ...kept].join(' ')] : []
    found = true
    if (options.includes(`${option}=${value}`) && kept.length === options.length - 1) return [line]
    return [
      ['options', name, ...options.map((one) => (isOption(option)(one) ? `${option}=${value}` : one))].join(
        ' ',
      ),
    ]
  })
  const added = found || value === undefined ? [] : [`options ${module} ${option}=${value}`]
  return [...after, ...added].map((line) => `${line}\n`).join('')
}

/** The value of an option; the last one counts. */
export function moduleOption(text: string, module: string, option: string): string | undefined {
  return text
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([keyword, name]) => keyword === 'options' && sameModule(name, module))
    .flatMap(([, , ...options]) => options.filter(isOption(option)))
    .at(-1)
    ?.slice(option.length + 1)
}

const isOption = (option: string) => (word: string) => word.startsWith(`${option}=`)

/** The kernel does not tell `-` from `_` in names. */
const sameModule = (a = '', b: string): boolean => a.replaceAll('-', '_') === b.replaceAll('-', '_')
