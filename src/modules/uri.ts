import checksum, { checksumKey } from '#facts/checksum.ts'
import globMatches from '#facts/glob-matches.ts'
import pathState from '#facts/path-state.ts'
import type { Change } from '#model/change.ts'
import { Unknown } from '#model/unknown.ts'
import { type ByteText, decodeBytes, encodeBytes } from '#sdk/byte-text.ts'
import { ownerOf, wantedMode } from '#sdk/file-attributes.ts'
import { given } from '#sdk/given.ts'
import type { CommandResult, WriteHost } from '#sdk/host.ts'
import { baseName, joinPath } from '#sdk/host-path.ts'
import { httpAliases } from '#sdk/http-args.ts'
import { type HttpResponse, parseHttp } from '#sdk/http-response.ts'
import { type HttpRequest, httpScript } from '#sdk/http-script.ts'
import { type ApplyContext, defineModule } from '#sdk/module.ts'
import type { PathState } from '#sdk/path-state.ts'
import { sh } from '#sdk/quote.ts'
import { type RequestBody, requestBody } from '#sdk/request-body.ts'
import { sha256 } from '#sdk/sha256.ts'
import { type UriArgs, uriArgs } from '#sdk/uri-args.ts'

interface State {
  readonly created: string | undefined
  readonly removable: string | undefined
  readonly dest: PathState | undefined
}

interface Applied {
  readonly response: HttpResponse
  readonly body: ByteText
  readonly seconds: number
  readonly written: string | undefined
  readonly isNew: boolean
}

export default defineModule({
  summary: 'Asks a web service, from the host.',
  description: `The result has \`status\`, \`json\` when the answer is JSON, \`content\` when asked for, and the headers. It counts as
changed only when \`dest\` was written. It needs curl on the host, or wget for simple requests.`,
  args: uriArgs,
  argumentAliases: httpAliases,
  examples: [
    { title: 'Check a service', args: { url: 'http://127.0.0.1:8080/healthz', status_code: [200, 204] } },
    {
      title: 'Send JSON',
      args: {
        url: 'https://api.example.com/items',
        method: 'POST',
        body: { name: 'a' },
        body_format: 'json',
        status_code: [201],
      },
    },
    {
      title: 'Keep what is returned',
      args: { url: 'https://example.com/ca.pem', dest: '/etc/ssl/ca.pem', mode: '0644' },
    },
  ],
  settles: false,

  async probe({ args, host }): Promise<State> {
    const [created, removable, dest] = await Promise.all([
      args.creates === undefined ? undefined : host.fact(globMatches, args.creates),
      args.removes === undefined ? undefined : host.fact(globMatches, args.removes),
      args.dest === undefined ? undefined : host.fact(pathState, args.dest),
    ])
    return { created, removable, dest }
  },

  plan({ args, state, mode }): readonly Change[] {
    if (skipReason(args, state) !== undefined) return []
    const asked = `${methodOf(args)} ${args.url}`
    return [{ field: 'request', before: undefined, after: mode === 'check' ? new Unknown('uri') : asked }]
  },

  async apply(context): Promise<Applied> {
    const { args, host, controller } = context
    const started = controller.now().getTime()
    const { stdout, stderr } = await send(context, await requestBody(args, controller))
    const response = parseHttp(stderr)
    const body = decodeBytes(stdout)
    const path = isExpected(args, response) ? destination(args, context.state.dest) : undefined
    const isNew = path !== undefined && (await write(host, { args, path, body }))
    return { response, body, written: path, isNew, seconds: (controller.now().getTime() - started) / 1000 }
  },

  result({ args, state, applied, mode }) {
    const reason = skipReason(args, state)
    if (reason !== undefined) return { msg: reason, changed: false }
    if (!applied) return { changed: mode === 'check' && args.dest !== undefined }
    const { response, body, written, isNew, seconds } = applied
    const failed = !isExpected(args, response)
    const json = jsonOf(response, body)
    const fields = Object.entries(response.headers).map(([name, value]) => [name.replaceAll('-', '_'), value])
    return {
      failed,
      changed: isNew,
      msg: failed
        ? failureText(args, response)
        : `OK (${response.headers['content-length'] ?? 'unknown'} bytes)`,
      data: {
        ...Object.fromEntries(fields),
        url: response.location ?? args.url,
        status: response.status || -1,
        redirected: response.location !== undefined,
        elapsed: Math.round(seconds),
        ...(json === undefined ? {} : { json }),
        ...(args.return_content || failed ? { content: body.text } : {}),
        ...given({ path: written }),
      },
    }
  },
})

const methodOf = ({ method = 'GET' }: UriArgs): string => method.toUpperCase()

function skipReason({ creates, removes }: UriArgs, { created, removable }: State): string | undefined {
  if (creates !== undefined && created !== undefined) return `skipped, since '${creates}' exists`
  return removes !== undefined && removable === undefined
    ? `skipped, since '${removes}' does not exist`
    : undefined
}

type Context = ApplyContext<UriArgs, State>

async function send(
  { args, host, controller }: Context,
  body: RequestBody | undefined,
): Promise<CommandResult> {
  const request = requestOf(args, body?.type)
  if (typeof body?.content !== 'object') {
    return host.run(httpScript({ ...request, ...given({ body: body?.content }) }), {
      accept: 'any',
      binary: true,
    })
  }
  const random = Array.from(controller.random(8), (byte) => byte.toString(16).padStart(2, '0')).join('')
  const bodyFile = `/tmp/.tsplay-body-${random}`
  await host.write({ path: bodyFile, content: body.content, mode: 0o600 })
  const script = sh`trap 'rm -f '${bodyFile} 0; ${httpScript({ ...request, bodyFile })}`
  return host.run(script, { accept: 'any', binary: true })
}

function requestOf(args: UriArgs, type: string | undefined): HttpRequest {
  const { body: _, follow_redirects = 'safe', headers = {}, src, remote_src, ...others } = args
  const method = methodOf(args)
  const isSafe = method === 'GET' || method === 'HEAD'
  const follow = follow_redirects === 'safe' ? isSafe : !['none', 'no'].includes(follow_redirects)
  const isTyped = Object.keys(headers).some((name) => name.toLowerCase() === 'content-type')
  const typed = type === undefined || isTyped ? headers : { ...headers, 'Content-Type': type }
  return {
    ...others,
    method,
    follow,
    headers: typed,
    ...(src !== undefined && remote_src ? { bodyFile: src } : {}),
  }
}

const isExpected = ({ status_code = [200] }: UriArgs, { status }: HttpResponse): boolean =>
  status_code.includes(status)

function failureText({ status_code = [200] }: UriArgs, { status, reason, error }: HttpResponse): string {
  const why = status === 0 ? `Request failed: ${error || 'no answer'}` : `HTTP Error ${status}: ${reason}`
  return `Status code was ${status || -1} and not [${status_code.join(', ')}]: ${why}`
}

function jsonOf({ headers }: HttpResponse, { text }: ByteText): unknown {
  if (!/^(application|text)\/([\w.+-]+\+)?(json|javascript)\b/i.test(headers['content-type'] ?? ''))
    return undefined
  try {
    const value: unknown = JSON.parse(text)
    return value
  } catch {
    // A server may call JSON what is none; the text is still there.
    return undefined
  }
}

function destination({ dest, url }: UriArgs, place: PathState | undefined): string | undefined {
  if (dest === undefined || place === undefined) return undefined
  const isFolder = place.followed?.type === 'directory' || dest.endsWith('/')
  return isFolder ? joinPath(place.path, baseName(url.replace(/[?#].*$/s, '')) || 'index.html') : place.path
}

/** True when the file was written: it was not there, or another one. */
async function write(
  host: WriteHost,
  { args, path, body }: { args: UriArgs; path: string; body: ByteText },
): Promise<boolean> {
  const content = encodeBytes(body)
  const bytes = typeof content === 'string' ? content : Uint8Array.from(content)
  const [place, present, sum] = await Promise.all([
    host.fact(pathState, path),
    host.fact(checksum, checksumKey(path)),
    sha256(bytes),
  ])
  if (present === sum) return false
  await host.write({
    path,
    content,
    mode: wantedMode(args, place.followed, 'file'),
    ...ownerOf(args, place.followed),
  })
  return true
}
