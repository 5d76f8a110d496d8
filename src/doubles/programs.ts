/** The programs that each family of doubles stands in for. `catalogue.ts` holds them; this much the lab knows. */
export const doublePrograms = {
  mail: ['mailq', 'sendmail'],
  zfs: ['zfs', 'zpool'],
} as const

/** Programs by the name of a family, or of one program; undefined for a name that is neither. */
export function programsOf(name: string): readonly string[] | undefined {
  const families: Readonly<Record<string, readonly string[]>> = doublePrograms
  const family = Object.hasOwn(families, name) ? families[name] : undefined
  const all: readonly string[] = Object.values(families).flat()
  return family ?? (all.includes(name) ? [name] : undefined)
}
