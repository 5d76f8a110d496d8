import checksum, { checksumKey } from '#facts/checksum.ts'
import pathState from '#facts/path-state.ts'
import type { Change } from '#model/change.ts'
import { parseWantedSum, sumInList, type WantedSum } from '#sdk/checksum-text.ts'
import { compareScript, downloadScript, noAnswer, wrongSum } from '#sdk/download-script.ts'
import { attributeChanges, attributeScript, ownerOf, wantedMode } from '#sdk/file-attributes.ts'
import { type GetUrlArgs, getUrlArgs } from '#sdk/get-url-args.ts'
import { given } from '#sdk/given.ts'
import type { ReadHost } from '#sdk/host.ts'
import { folderOf, joinPath, pathWord } from '#sdk/host-path.ts'
import { httpAliases } from '#sdk/http-args.ts'
import { type HttpResponse, parseHttp } from '#sdk/http-response.ts'
import { type HttpRequest, httpScript } from '#sdk/http-script.ts'
import { defineModule, TaskFailure } from '#sdk/module.ts'
import { attributeData, modeText, type PathState, touchedBy } from '#sdk/path-state.ts'

interface State {
  readonly place: PathState
  /** What the file must have. */
  readonly goal:
    | { readonly algorithm: 'sha256'; readonly hex: string }
    | Extract<WantedSum, { hex: string }>
    | undefined
  /** The file's sum: in the goal's algorithm, else its sha256. */
  readonly sum: string | undefined
  /** What the server said when it was asked whether it has another file. */
  readonly offer: { readonly response: HttpResponse; readonly sum: string | undefined } | undefined
}

export default defineModule({
  summary: 'Downloads a file from a web server to the host.',
  description: `With \`checksum\`, a file that has it is left alone without asking the server. Without one, the server is asked
whether it has something newer, and what it sends is compared: only another content is a change. It needs curl, or
wget, on the host; with BusyBox's wget, addresses and headers can be seen in its list of processes.`,
  args: getUrlArgs,
  argumentAliases: httpAliases,
  examples: [
    {
      title: 'Download a program',
      args: {
        url: 'https://dl.k8s.io/v1.28.0/bin/linux/amd64/kubectl',
        dest: '/usr/local/bin/kubectl',
        checksum: 'sha256:https://dl.k8s.io/v1.28.0/bin/linux/amd64/kubectl.sha256',
        mode: '0755',
      },
    },
    {
      title: 'Download into a folder',
      args: { url: 'https://example.com/app.tar.gz', dest: '/opt/', timeout: 60 },
    },
  ],
  // Without a checksum, looking again would mean downloading again.
  settles: ({ checksum }) => checksum !== undefined,

  async probe({ args, host }): Promise<State> {
    const name = nameIn(args.url)
    const wanted = args.checksum === undefined ? undefined : parseWantedSum(args.checksum)
    const algorithm = wanted?.algorithm ?? 'sha256'
    const paths = [args.dest, joinPath(args.dest, name)] as const
    const [places, sums, goal, offer] = await Promise.all([
      Promise.all(paths.map((path) => host.fact(pathState, path))),
      Promise.all(paths.map((path) => host.fact(checksum, checksumKey(path, algorithm)))),
      wanted === undefined ? undefined : goalOf(args, wanted, host),
      wanted === undefined ? askOffer(args, name, host) : undefined,
    ])
    const goesInside = args.dest.endsWith('/') || places[0]?.followed?.type === 'directory'
    const at = goesInside ? 1 : 0
    return { place: places[at] ?? (await host.fact(pathState, args.dest)), sum: sums[at], goal, offer }
  },

  plan({ args, state }): readonly Change[] {
    const { place } = state
    if (place.followed?.type === 'directory')
      throw new TaskFailure(`${place.path} is a directory, not a file.`)
    if (!place.hasParent) throw new TaskFailure(`Destination ${folderOf(place.path)} does not exist.`)
    const attributes = attributeChanges(args, place.followed, 'file')
    if (!place.followed) return [{ field: 'state', before: 'absent', after: 'file' }, ...attributes]
    const after = otherSum(args, state)
    return after === undefined
      ? attributes
      : [{ field: 'content', before: short(state.sum), after: short(after) }, ...attributes]
  },

  async apply({ args, state, changes, host }) {
    const { place, goal } = state
    if (!changes.some(({ field }) => field === 'state' || field === 'content')) {
      const script = attributeScript(pathWord(place.path), changes)
      if (script) await host.run(script)
      return {}
    }
    const target = {
      path: place.path,
      mode: wantedMode(args, place.followed, 'file'),
      ...ownerOf(args, place.followed),
      backup: args.backup ?? false,
    }
    const script = downloadScript(requestOf(args), target, goal)
    const { rc, stdout, stderr } = await host.run(script, { accept: [0, noAnswer, wrongSum] })
    const response = parseHttp(stderr)
    if (rc === noAnswer) throw requestFailed(args, response)
    const sum = /^sum (.*)$/m.exec(stdout)?.[1]
    if (rc === wrongSum) {
      throw new TaskFailure(`The checksum for ${place.path} did not match ${goal?.hex}; it was ${sum}.`, {
        url: args.url,
      })
    }
    return given({ status: response.status, backup: /^backup (.*)$/m.exec(stdout)?.[1] })
  },

  result({ args, state, changes, applied }) {
    const { place, goal, sum, offer } = state
    const isNew = changes.some(({ field }) => field === 'state' || field === 'content')
    const status = applied?.status ?? offer?.response.status
    return {
      msg: isNew ? 'OK' : 'file already exists',
      data: {
        url: args.url,
        dest: place.path,
        ...attributeData(place.followed),
        state: 'file',
        mode: modeText(wantedMode(args, place.followed, 'file')),
        ...given({
          status_code: status,
          backup_file: applied?.backup,
          checksum_dest: sum,
          checksum_src: goal?.hex,
        }),
      },
    }
  },

  touches: ({ state }) => touchedBy(state.place),
})

const short = (sum: string | undefined): string => (sum === undefined ? 'unknown' : sum.slice(0, 12))

/** The last part of the address's path. */
function nameIn(url: string): string {
  const path = url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '').replace(/[?#].*$/s, '')
  const last = path.slice(path.lastIndexOf('/') + 1)
  return last === '' ? 'index.html' : decodeURIComponent(last.replaceAll(/%(?![0-9a-f]{2})/gi, '%25'))
}

const requestOf = (args: GetUrlArgs): HttpRequest => ({ ...args, method: 'GET', follow: true })

/** The sum itself, or what a list at another address says. */
async function goalOf(
  args: GetUrlArgs,
  wanted: WantedSum,
  host: ReadHost,
): Promise<Extract<WantedSum, { hex: string }>> {
  if ('hex' in wanted) return wanted
  const request = { ...requestOf(args), url: wanted.url }
  const { stdout, stderr } = await host.read(httpScript(request), { reads: [{ kind: 'network' }] })
  const response = parseHttp(stderr)
  if (!isGood(response)) throw requestFailed(request, response)
  const hex = sumInList(stdout, nameIn(args.url), wanted.algorithm)
  if (hex !== undefined) return { algorithm: wanted.algorithm, hex }
  throw new TaskFailure(`${wanted.url} has no checksum for ${nameIn(args.url)}.`)
}

const isGood = ({ status, rc }: HttpResponse): boolean =>
  status === 0 ? rc === 0 : status >= 200 && status < 300

async function askOffer(args: GetUrlArgs, name: string, host: ReadHost): Promise<State['offer']> {
  const script = compareScript({ ...requestOf(args), since: !args.force }, { path: args.dest, name })
  const { stdout, stderr } = await host.read(script, {
    reads: [{ kind: 'path', name: args.dest }, { kind: 'network' }],
  })
  // No answer and no complaint: there is no file yet, so nobody was asked.
  return stderr === '' ? undefined : { response: parseHttp(stderr), sum: /^[0-9a-f]{64}\b/.exec(stdout)?.[0] }
}

/** The sum of the content that shall take the place of the file's; undefined when it is right. */
function otherSum(args: GetUrlArgs, { goal, sum, offer }: State): string | undefined {
  if (goal) return goal.hex === sum ? undefined : goal.hex
  if (!offer || offer.response.status === 304) return undefined
  if (!isGood(offer.response)) throw requestFailed(args, offer.response)
  return offer.sum === sum ? undefined : offer.sum
}

function requestFailed({ url }: { readonly url: string }, response: HttpResponse): TaskFailure {
  const { status, reason, error } = response
  const why = status === 0 || (status >= 200 && status < 300) ? error : `HTTP Error ${status}: ${reason}`
  return new TaskFailure(`Request failed: ${why || 'no answer'} (${url})`, { status_code: status, url })
}
