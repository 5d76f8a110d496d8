import checksum, { checksumKey } from '#facts/checksum.ts'
import pathState from '#facts/path-state.ts'
import type { Change } from '#model/change.ts'
import { type Static, t } from '#sdk/args.ts'
import type { Controller } from '#sdk/controller.ts'
import { baseName, joinPath } from '#sdk/host-path.ts'
import { defineModule, TaskFailure } from '#sdk/module.ts'
import type { PathState } from '#sdk/path-state.ts'

const args = t.Args({
  src: t.Path({ description: 'The file of the host.' }),
  dest: t.String({
    description:
      'The folder of the controller it goes into, as `<host>/<path>`; with `flat`, the file itself.',
    minLength: 1,
  }),
  flat: t.Optional(
    t.Boolean({
      description: '`dest` is the file, or with a slash at its end the folder it goes into.',
      default: false,
    }),
  ),
  fail_on_missing: t.Optional(t.Boolean({ description: 'A missing file is a failure.', default: true })),
  validate_checksum: t.Optional(
    t.Boolean({ description: 'Compare the checksum once more when the file has arrived.', default: true }),
  ),
})

type Args = Static<typeof args>

interface State {
  readonly place: PathState
  readonly sum: string | undefined
  readonly dest: string
  /** sha256 of the file on the controller. */
  readonly present: string | undefined
}

export default defineModule({
  summary: 'Fetches a file from the host to the controller.',
  description:
    'It is fetched only when its checksum differs, and takes its place on the controller as a whole.',
  args,
  examples: [
    { title: 'Keep a copy by host', args: { src: '/etc/kubernetes/admin.conf', dest: 'fetched' } },
    { title: 'Fetch one file', args: { src: '/root/.ssh/id_ed25519.pub', dest: 'keys/', flat: true } },
  ],

  async probe({ args, host, controller }): Promise<State> {
    const dest = destination(args, host.name)
    const [place, sum, present] = await Promise.all([
      host.fact(pathState, args.src),
      host.fact(checksum, checksumKey(args.src)),
      checksumHere(controller, dest),
    ])
    return { place, sum, dest, present }
  },

  plan({ args, state: { place, sum, dest, present } }): readonly Change[] {
    if (place.followed?.type === 'directory') {
      throw new TaskFailure(`${args.src} is a directory; fetch takes files.`)
    }
    if (sum === undefined) {
      const why = place.followed ? 'cannot be read' : 'does not exist'
      if (args.fail_on_missing ?? true) throw new TaskFailure(`The remote file ${args.src} ${why}.`)
      return []
    }
    return sum === present ? [] : [{ field: `file ${dest}`, before: short(present), after: short(sum) }]
  },

  async apply({ args, state, host, controller }) {
    await controller.write(state.dest, host.download(state.place.path))
    if (args.validate_checksum === false) return
    const arrived = await checksumHere(controller, state.dest)
    if (arrived === state.sum) return
    throw new TaskFailure(`${args.src} changed while it was fetched.`, {
      checksum: arrived,
      remote_checksum: state.sum,
    })
  },

  result({ args, state: { sum, dest } }) {
    if (sum === undefined)
      return { msg: `the remote file does not exist, not transferring, ignored`, data: { file: args.src } }
    return { data: { file: args.src, dest, checksum: sum, remote_checksum: sum } }
  },

  // Nothing on the host.
  touches: () => [],
})

const short = (sum: string | undefined): string =>
  sum === undefined ? 'absent' : `sha256 ${sum.slice(0, 12)}`

function destination({ src, dest, flat }: Args, host: string): string {
  if (!flat) return joinPath(joinPath(dest, host), src.replace(/^~?\/+/, ''))
  return dest.endsWith('/') ? joinPath(dest, baseName(src)) : dest
}

async function checksumHere(controller: Pick<Controller, 'file'>, path: string): Promise<string | undefined> {
  try {
    return await (await controller.file(path, 'written')).checksum('sha256')
  } catch (error) {
    if (error instanceof TaskFailure) return undefined
    throw error
  }
}
