import { pathWord } from './host-path.ts'
import type { HttpArgs } from './http-args.ts'
import { TaskFailure } from './module.ts'
import { quote, raw, type Script, sh } from './quote.ts'

export interface HttpRequest extends HttpArgs {
  readonly method: string
  readonly follow: boolean
  /** Sent as it is. */
  readonly body?: string
  /** Ask only for what is newer than the shell variable `_since` says. */
  readonly since?: boolean
  /** A file of the host to send. */
  readonly bodyFile?: string
}

/**
 * Shell text that asks a web server by whatever the host has, curl or wget. The answer's body is its stdout; headers,
 * as they come, errors and the exit code its stderr; for `parseHttp`. Addresses, headers, passwords and bodies reach curl and GNU's
 * wget through pipes or files that only they can read, never through their arguments; BusyBox's wget knows no other way for the
 * first two.
 */
export function httpScript(request: HttpRequest): Script {
  if ([request.url, ...Object.entries(request.headers ?? {}).flat()].some((text) => /[\r\n\0]/.test(text))) {
    throw new TaskFailure('An address or header cannot hold a line break.')
  }
  return sh`if command -v curl >/dev/null 2>&1; then
${curl(request)}
elif command -v wget >/dev/null 2>&1; then
${wget(request)}
else echo 'The host has neither curl nor wget.' >&2; echo 'exit 127' >&2; fi`
}

function curl(request: HttpRequest): Script {
  const config = raw(quote(curlConfig(request).join('\n')))
  const command = sh`curl -q -sS -g -D /dev/fd/3 -K /dev/fd/4`
  const input = request.bodyFile === undefined ? sh`printf %s ${request.body ?? ''} |` : raw('')
  const body = request.bodyFile === undefined ? raw('') : sh`< ${pathWord(request.bodyFile)}`
  // Headers go through a pipe that the shell makes: what stands in for stderr may be a socket, which curl cannot open.
  // The exit code travels behind them.
  const asked = sh`${input} ${command} 4<&6 ${body}; echo "exit $?" >&3`
  const since = request.since ? raw(curlSince) : raw('')
  return sh`{ printf '%s\\n' ${config} ${since} | { { ${asked}; } 6<&0 3>&1 >&5 | cat >&2; }; } 5>&1`
}

const curlSince = '"${_since:+header = \\"If-Modified-Since: $_since\\"}"'
const wgetSince = '"${_since:+header = If-Modified-Since: $_since}"'

function curlConfig(request: HttpRequest): readonly string[] {
  const { url, method, timeout = 30, follow, url_username: user } = request
  const hasBody = request.body !== undefined || request.bodyFile !== undefined
  return [
    option('url', url),
    ...(method === 'HEAD' ? ['head'] : [option('request', method)]),
    option('user-agent', request.http_agent ?? 'tsplay'),
    `connect-timeout = ${timeout}`,
    `speed-time = ${timeout}`,
    'speed-limit = 1',
    ...headersOf(request).map(([name, value]) => headerLine(name, value)),
    ...(hasBody ? ['data-binary = "@-"'] : []),
    ...(follow ? ['location'] : []),
    ...(user === undefined ? [] : [option('user', `${user}:${request.url_password ?? ''}`), 'basic']),
    ...curlRoad(request),
  ]
}

/** Certificates, proxies and sockets. */
function curlRoad(request: HttpRequest): readonly string[] {
  const paths = {
    'unix-socket': request.unix_socket,
    cacert: request.ca_path,
    cert: request.client_cert,
    key: request.client_key,
  }
  return [
    ...(request.validate_certs === false ? ['insecure'] : []),
    ...(request.use_proxy === false ? ['noproxy = "*"'] : []),
    ...Object.entries(paths).flatMap(([name, path]) => (path === undefined ? [] : [option(name, path)])),
  ]
}

const option = (name: string, value: string): string =>
  `${name} = "${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n').replaceAll('\t', '\\t')}"`

const untyped = '\0'

/** curl's ways to leave a header out, and to send an empty one. */
function headerLine(name: string, value: string): string {
  if (value === untyped) return option('header', `${name}:`)
  return option('header', value === '' ? `${name};` : `${name}: ${value}`)
}

/** A body without a type would be taken for a form. */
function headersOf({ headers = {}, body, bodyFile }: HttpRequest): readonly (readonly [string, string])[] {
  const given = Object.entries(headers)
  const isTyped = given.some(([name]) => name.toLowerCase() === 'content-type')
  return isTyped || (body === undefined && bodyFile === undefined)
    ? given
    : [...given, ['Content-Type', untyped]]
}

function wget(request: HttpRequest): Script {
  if (request.unix_socket !== undefined) {
    return sh`echo 'A request through a socket needs curl on the host.' >&2; echo 'exit 127' >&2`
  }
  const { body, bodyFile } = request
  const file = bodyFile === undefined ? raw('"$b"') : pathWord(bodyFile)
  const hasBody = body !== undefined || bodyFile !== undefined
  const temporary = body === undefined ? raw('') : sh`( umask 077; printf %s ${body} > "$b" ) && `
  return sh`b=\${TMPDIR:-/tmp}/.tsplay-body-$$; c=\${TMPDIR:-/tmp}/.tsplay-wget-$$; trap 'rm -f "$b" "$c" "$c.url"' 0
${temporary}if wget --version 2>/dev/null | grep -q GNU; then
  ( umask 077; printf '%s\\n' ${gnuConfig(request).join('\n')} "input = $c.url" ${request.since ? raw(wgetSince) : raw('')} > "$c"; printf '%s\\n' ${request.url} > "$c.url" )
  wget --config="$c" -O - ${hasBody ? sh`--body-file=${file}` : raw('')}; echo "exit $?" >&2
else
  ${busyboxWget(request, hasBody ? file : undefined)}; echo "exit $?" >&2
fi`
}

function gnuConfig(request: HttpRequest): readonly string[] {
  const { method, timeout = 30, follow, url_username: user, ca_path, client_cert, client_key } = request
  return [
    'verbose = off',
    'server_response = on',
    'tries = 1',
    'content_on_error = on',
    `timeout = ${timeout}`,
    `method = ${method}`,
    `user_agent = ${request.http_agent ?? 'tsplay'}`,
    ...Object.entries(request.headers ?? {}).map(([name, value]) => `header = ${name}: ${value}`),
    ...(follow ? [] : ['max_redirect = 0']),
    ...(request.validate_certs === false ? ['check_certificate = off'] : []),
    ...(user === undefined
      ? []
      : ['auth_no_challenge = on', `http_user = ${user}`, `http_password = ${request.url_password ?? ''}`]),
    ...(request.use_proxy === false ? ['use_proxy = off'] : []),
    ...(ca_path === undefined ? [] : [`ca_certificate = ${ca_path}`]),
    ...(client_cert === undefined ? [] : [`certificate = ${client_cert}`]),
    ...(client_key === undefined ? [] : [`private_key = ${client_key}`]),
  ]
}

/** Without a time limit: its -T crashes in the builds of some distributions. */
function busyboxWget(request: HttpRequest, body: Script | undefined): Script {
  const { url, method, headers = {}, url_username: user, url_password: password = '' } = request
  if (method !== (body ? 'POST' : 'GET')) {
    return sh`echo ${`A ${method} request needs curl on the host.`} >&2; echo 'exit 127' >&2`
  }
  const basic = user === undefined ? {} : { Authorization: `Basic ${btoa(`${user}:${password}`)}` }
  const words = Object.entries({ ...headers, ...basic }).flatMap(([name, value]) => [
    '--header',
    `${name}: ${value}`,
  ])
  const more = [
    ...(request.validate_certs === false ? ['--no-check-certificate'] : []),
    ...(request.use_proxy === false ? ['-Y', 'off'] : []),
  ]
  const since = request.since ? raw('${_since:+--header "If-Modified-Since: $_since"}') : raw('')
  return sh`wget -q -S -O - ${more} ${words} ${since} ${body ? sh`--post-file ${body}` : raw('')} ${url}`
}
