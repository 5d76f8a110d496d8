import { type Answer, refuse } from '#doubles/answer.ts'
import type { Command } from '#doubles/double.ts'
import { tabbed, table } from '#doubles/table.ts'
import { checkedSetting } from './dataset-setting.ts'
import { dateText } from './dataset-values.ts'
import { appear, requireName } from './zfs-create.ts'
import { below, type Dataset, datasetNamed, newDataset, parentOf, seconds, type Zfs } from './zfs-state.ts'

/** `zfs snapshot [-r] [-o property=value] dataset@name…`: zfs-snapshot(8). All of them, or none. */
export const zfsSnapshot: Command<Zfs> = {
  options: { '-r': 'flag', '-o': 'values' },
  run: ({ state, options, operands, host }): Answer => {
    if (operands.length === 0) return refuse(2, 'missing snapshot argument')
    for (const word of operands) {
      const [name = '', short] = word.split('@')
      const action = `cannot create snapshot '${word}'`
      if (!short) return refuse(1, `${action}: missing '@' delimiter in snapshot name`)
      requireName(word, action)
      const top = datasetNamed(state, name)
      const all = options.has('r')
        ? [top, ...below(state, name).filter(({ type }) => type !== 'snapshot')]
        : [top]
      const taken = all.find((one) => state.datasets[`${one.name}@${short}`])
      if (taken) refuse(1, `cannot create snapshot '${taken.name}@${short}': dataset already exists`)
      const local = Object.fromEntries(
        options.texts('o').map((text) => checkedSetting(text, { type: 'snapshot', isNew: true, action })),
      )
      for (const one of all) takeSnapshot(state, one, { short, now: host.now, local })
    }
    return {}
  },
}

function takeSnapshot(
  state: Zfs,
  dataset: Dataset,
  {
    short,
    now,
    local,
  }: { readonly short: string; readonly now: number; readonly local: Record<string, string> },
): void {
  const { volsize } = dataset.local
  newDataset(state, {
    name: `${dataset.name}@${short}`,
    type: 'snapshot',
    createdAt: seconds(now),
    local: { ...local, ...(volsize !== undefined && { volsize }) },
  })
}

/** `zfs clone [-p] [-o property=value] snapshot dataset`: zfs-clone(8). */
export const zfsClone: Command<Zfs> = {
  options: { '-p': 'flag', '-o': 'values' },
  run: async ({ state, options, operands, host }): Promise<Answer> => {
    const [from, name] = operands
    if (from === undefined) return refuse(2, 'missing source dataset argument')
    if (name === undefined) return refuse(2, 'missing target dataset argument')
    const snapshot = datasetNamed(state, from)
    const origin = datasetNamed(state, from.split('@')[0] ?? '')
    const action = `cannot create '${name}'`
    if (state.datasets[name]) return options.has('p') ? {} : refuse(1, `${action}: dataset already exists`)
    if (!state.datasets[parentOf(name)]) refuse(1, `${action}: parent does not exist`)
    const settings = options
      .texts('o')
      .map((text) => checkedSetting(text, { type: origin.type, isNew: true, action }))
    const { volsize, volblocksize } = origin.local
    const dataset = newDataset(state, {
      name,
      type: origin.type,
      createdAt: seconds(host.now),
      origin: snapshot.name,
      local: {
        ...(volsize !== undefined && { volsize }),
        ...(volblocksize !== undefined && { volblocksize }),
        ...Object.fromEntries(settings),
      },
    })
    await appear(state, dataset, host, true)
    return {}
  },
}

/** `zfs hold [-r] tag snapshot…` and `zfs release`: zfs-hold(8). */
export const zfsHold: Command<Zfs> = {
  options: { '-r': 'flag' },
  run: ({ state, options, operands, host }): Answer => {
    const [tag, ...names] = operands
    if (tag === undefined || names.length === 0) return refuse(2, 'missing snapshot or tag argument')
    for (const snapshot of names.flatMap((name) => heldBy(state, name, options.has('r')))) {
      if (tag in snapshot.holds) {
        refuse(1, `cannot hold snapshot '${snapshot.name}': tag already exists on this dataset`)
      }
      snapshot.holds[tag] = seconds(host.now)
    }
    return {}
  },
}

export const zfsRelease: Command<Zfs> = {
  options: { '-r': 'flag' },
  run: ({ state, options, operands }): Answer => {
    const [tag, ...names] = operands
    if (tag === undefined || names.length === 0) return refuse(2, 'missing snapshot or tag argument')
    for (const snapshot of names.flatMap((name) => heldBy(state, name, options.has('r')))) {
      if (!(tag in snapshot.holds)) {
        refuse(1, `cannot release hold from snapshot '${snapshot.name}': no such tag on this dataset`)
      }
      delete snapshot.holds[tag]
    }
    return {}
  },
}

/** `zfs holds [-rHp] snapshot…` */
export const zfsHolds: Command<Zfs> = {
  options: { '-r': 'flag', '-H': 'flag', '-p': 'flag' },
  run: ({ state, options, operands }): Answer => {
    const rows = operands
      .flatMap((name) => heldBy(state, name, options.has('r')))
      .flatMap(({ name, holds }) => Object.entries(holds).map(([tag, at]) => [name, tag, at] as const))
      .map(([name, tag, at]) => [name, tag, options.has('p') ? String(at) : dateText(at)])
    if (options.has('H')) return { stdout: tabbed(rows) }
    return { stdout: rows.length > 0 ? table([['NAME', 'TAG', 'TIMESTAMP'], ...rows]) : '' }
  },
}

/** A snapshot, and with `-r` those of its name below. */
function heldBy(state: Zfs, name: string, isDeep: boolean): Dataset[] {
  const snapshot = datasetNamed(state, name)
  const [top = '', short = ''] = name.split('@')
  const inside = below(state, top).filter((one) => one.type === 'snapshot' && one.name.endsWith(`@${short}`))
  return isDeep ? [snapshot, ...inside.filter((one) => one !== snapshot)] : [snapshot]
}
