import blockDevice, { type BlockDevice } from '#facts/block-device.ts'
import type { Change } from '#model/change.ts'
import { type Static, t } from '#sdk/args.ts'
import { byteText } from '#sdk/byte-size.ts'
import { type FsType, fsTypes, growScript, makeScript, sizeScript } from '#sdk/filesystem-script.ts'
import type { ReadHost } from '#sdk/host.ts'
import { defineModule, TaskFailure } from '#sdk/module.ts'
import { sh } from '#sdk/quote.ts'

const args = t.Args({
  dev: t.Path({ description: 'The device, or a file that holds a file system.' }),
  fstype: t.Optional(t.Choice(fsTypes, { description: 'The kind of file system.' })),
  opts: t.Optional(t.Strings({ description: 'Further options of mkfs: `["-L", "data"]`.' })),
  state: t.Optional(
    t.Choice(['present', 'absent'], {
      description: '`absent` wipes the signatures off the device, and needs `allow_destroy`.',
      default: 'present',
    }),
  ),
  resizefs: t.Optional(
    t.Boolean({
      description: 'Let the file system grow to the size of its device (ext; xfs and btrfs while mounted).',
      default: false,
    }),
  ),
  allow_destroy: t.Optional(
    t.Boolean({
      description: 'Allow what loses data: another file system in place of one that is there, or none.',
      default: false,
    }),
  ),
})

type Args = Static<typeof args>

interface State {
  readonly device: BlockDevice
  /** Bytes that the file system spans; undefined when nobody asked or nobody can tell. */
  readonly spans: number | undefined
}

export default defineModule({
  summary: 'Makes file systems, and lets them grow.',
  description: `A device that holds a file system of the wanted type is left alone, whatever its options were. One that holds
something else (another file system, a partition table, a part of LVM or ZFS) is refused without \`allow_destroy\`.`,
  args,
  argumentAliases: { device: 'dev', type: 'fstype' },
  examples: [
    {
      title: 'A file system on a volume',
      args: { dev: '/dev/data/logs', fstype: 'ext4', opts: ['-L', 'logs'] },
    },
    { title: 'Use a device that has grown', args: { dev: '/dev/data/logs', fstype: 'ext4', resizefs: true } },
  ],

  async probe({ args, host }): Promise<State> {
    const device = await host.fact(blockDevice, args.dev)
    const { resizefs, fstype } = args
    const asks = resizefs && fstype && device.signatures.includes(fstype) ? fstype : undefined
    return { device, spans: asks ? await readSize(host, asks, device) : undefined }
  },

  plan({ args, state: { device, spans }, mode }): readonly Change[] {
    const { dev, fstype } = args
    const absent = args.state === 'absent'
    if (device.kind === 'absent' && mode === 'check') return absent ? [] : [creation(args, device)]
    checkDevice(device)
    const held = device.signatures
    if (absent) return held.length === 0 ? [] : [overwritten(args, device, 'none')]
    if (fstype === undefined) throw new TaskFailure(`\`fstype\` is missing: it says what to make on ${dev}.`)
    if (held.includes(fstype)) return growth(device, spans)
    return [held.length === 0 ? creation(args, device) : overwritten(args, device, fstype)]
  },

  async apply({ args, changes, host }) {
    const { dev, fstype, opts = [] } = args
    const fields = new Set(changes.map(({ field }) => field))
    if (fields.has('size') && fstype) {
      await host.run(growScript(fstype, dev))
      return
    }
    if (args.allow_destroy) await host.run(sh`wipefs -q -a -- ${dev}`)
    if (args.state !== 'absent' && fstype) await host.run(makeScript(fstype, dev, opts))
  },

  touches: ({ args }) => [{ kind: 'storage' }, { kind: 'path', name: args.dev }, { kind: 'mount' }],
})

function checkDevice({ path, kind, known }: BlockDevice): void {
  if (kind === 'absent') throw new TaskFailure(`The device ${path} does not exist.`)
  if (kind === 'other') throw new TaskFailure(`${path} is neither a block device nor a file.`)
  if (!known) throw new TaskFailure(`Nothing on the host can tell what is on ${path}: wipefs failed.`)
}

const creation = ({ fstype }: Args, { signatures }: BlockDevice): Change => ({
  field: 'fstype',
  before: signatures.join(', ') || 'none',
  after: fstype,
})

function overwritten(args: Args, { signatures }: BlockDevice, after: string): Change {
  if (args.allow_destroy) return { field: 'fstype', before: signatures.join(', '), after }
  throw new TaskFailure(
    `${args.dev} holds ${signatures.join(', ')}, which would be lost: say \`allow_destroy: true\` if that is meant.`,
  )
}

/** Less than one part in a hundred is what file systems leave at the end of a device. */
function growth({ size }: BlockDevice, spans: number | undefined): readonly Change[] {
  if (spans === undefined || spans >= size * 0.99) return []
  return [{ field: 'size', before: byteText(spans), after: byteText(size) }]
}

async function readSize(host: ReadHost, fstype: FsType, { path }: BlockDevice): Promise<number | undefined> {
  const script = sizeScript(fstype, path)
  if (!script) throw new TaskFailure(`\`resizefs\` does not know how a file system of type ${fstype} grows.`)
  const { stdout } = await host.read(script, {
    reads: [{ kind: 'storage' }, { kind: 'mount' }, { kind: 'path', name: path }],
  })
  const [blocks, bytes] = stdout.trim().split(/\s+/).map(Number)
  return blocks && bytes ? blocks * bytes : undefined
}
