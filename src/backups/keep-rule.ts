/** The order in which options are looked at; a backup that one keeps costs the later ones nothing. */
export const keepOptions = ['last', 'hourly', 'daily', 'weekly', 'monthly', 'yearly'] as const

export type KeepOption = (typeof keepOptions)[number]

/** How many backups each option keeps. At least one is positive: a rule that keeps nothing is none. */
export type KeepRule = Readonly<Partial<Record<KeepOption, number>>>

export interface BadRule {
  readonly problem: string
  readonly remedy: string
}

const example = 'A rule is written as last=1,weekly=4,monthly=3.'

/** Reads `last=1,weekly=4` or, as Proxmox writes it, `keep-last=1,keep-weekly=4`. */
export function parseKeepRule(text: string): KeepRule | BadRule {
  const rule: Partial<Record<KeepOption, number>> = {}
  for (const part of text.split(',')) {
    const [, name = '', count = ''] = /^\s*(?:keep-)?([a-z]+)\s*=\s*(\d{1,5})\s*$/.exec(part) ?? []
    const option = keepOptions.find((one) => one === name)
    if (option === undefined) {
      const remedy = `${example} It knows ${keepOptions.join(', ')}.`
      return { problem: `"${part.trim()}" is no part of a rule for keeping backups.`, remedy }
    }
    if (rule[option] !== undefined) return { problem: `"${option}" is given twice.`, remedy: example }
    rule[option] = Number(count)
  }
  if (Object.values(rule).some((count) => count > 0)) return rule
  // Proxmox takes zeros alone as "keep all", and other programs as "keep none".
  return { problem: `"${text}" keeps no backup at all.`, remedy: 'Give one option a number above 0.' }
}
