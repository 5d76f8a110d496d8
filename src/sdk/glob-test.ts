/** Whether texts match a shell pattern of `*`, `?` and `[…]` as a whole; a slash is a character like others. */
export function globTest(pattern: string): (text: string) => boolean {
  const source = pattern.replaceAll(
    /\*+|\?|\[(!?)([^\]]+)\]|[^*?[]+|\[/g,
    (part, not: string, set: string) => {
      if (part.startsWith('*')) return '[^]*'
      if (part === '?') return '[^]'
      if (set !== undefined) return `[${not ? '^' : ''}${set.replaceAll(/[\\\]^]/g, '\\$&')}]`
      return part.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
    },
  )
  const whole = new RegExp(`^${source}$`)
  return (text) => whole.test(text)
}
