import { raw, type Script, sh } from '../quote.ts'
import { contentTypeOf, type KubeRequest, type KubeRoad } from './kube-request.ts'

/** Begins the line behind each answer. JSON has no line that begins so: its texts hold no line breaks. */
export const answerMark = 'tsplay-kube'

/**
 * A script that sends requests to a cluster's API from the host, all over one connection. Keys leave the kubeconfig only
 * for files in a folder of their own, in memory where the host has /run, and go with the script.
 */
export function kubeScript(requests: readonly KubeRequest[], road: KubeRoad): Script {
  const bodies = requests.flatMap(({ body }, i) =>
    body === undefined ? [] : [sh`printf %s ${JSON.stringify(body)} > "$d/body${i}"`.text],
  )
  return sh`kc=${road.kubeconfig}
if [ ! -e "$kc" ]; then echo '${raw(answerMark)} no-kubeconfig'; exit; fi
if [ ! -r "$kc" ]; then echo '${raw(answerMark)} unreadable'; exit; fi
umask 077
d=$(mktemp -d /run/tsplay-kube.XXXXXX 2>/dev/null || mktemp -d) || exit
trap 'rm -rf "$d"' 0; trap 'exit 129' HUP; trap 'exit 130' INT; trap 'exit 143' TERM
${raw(bodies.join('\n'))}
${chooser(road)}
if [ "$way" = curl ]; then
${viaCurl(requests, road)}
elif [ "$way" = kubectl ]; then
${viaKubectl(requests, road)}
else echo '${raw(answerMark)} no-program'; fi`
}

/** curl follows one server and one user; a kubeconfig with more is read by kubectl. Read by the shell itself: no process. */
const readKubeconfig = `n=0 s= ca= ca_d= cert= cert_d= key= key_d= t=
while read -r a b c; do
  [ "$a" != - ] || { a=$b; b=$c; }
  b=\${b#\\"}; b=\${b%\\"}
  case $a in
    server:) n=$((n + 1)); s=$b ;;
    certificate-authority:) ca=$b ;; certificate-authority-data:) ca_d=$b ;;
    client-certificate:) cert=$b ;; client-certificate-data:) cert_d=$b ;;
    client-key:) key=$b ;; client-key-data:) key_d=$b ;;
    token:) t=$b ;;
  esac
done < "$kc"`

function chooser({ transport }: KubeRoad): Script {
  if (transport !== 'auto') return raw(`${readKubeconfig}\nway=${transport}`)
  return raw(`${readKubeconfig}
way=none
if [ $n = 1 ] && command -v curl >/dev/null 2>&1; then way=curl
elif command -v kubectl >/dev/null 2>&1; then way=kubectl; fi`)
}

/** The lines that every request of curl's needs: who asks, and whom to believe. */
const credentials = `auth=
o() { auth="$auth$1 = \\"$2\\"
"; }
pem() { if [ -n "$2" ]; then printf %s "$2" | base64 -d > "$d/$1"; o "$1" "$d/$1"; elif [ -n "$3" ]; then o "$1" "$3"; fi; }
pem cacert "$ca_d" "$ca"; pem cert "$cert_d" "$cert"; pem key "$key_d" "$key"
[ -z "$t" ] || o header "Authorization: Bearer $t"`

function viaCurl(requests: readonly KubeRequest[], { timeout }: KubeRoad): Script {
  const sections = requests.map((request, i) => {
    const lines = [
      ...(i === 0 ? [] : ['next']),
      `request = "${request.method}"`,
      'noproxy = "*"',
      'globoff',
      'connect-timeout = 10',
      `max-time = ${timeout}`,
      'header = "Accept: application/json"',
      ...(request.body === undefined
        ? []
        : [`header = "Content-Type: ${contentTypeOf(request)}"`, 'header = "Expect:"']),
      `write-out = "\\n${answerMark} %{http_code}\\n"`,
    ]
    const body = request.body === undefined ? '' : `printf 'data-binary = "@%s"\\n' "$d/body${i}"`
    return sh`printf '%s\\n' ${lines.join('\n')} "$auth"; printf 'url = "%s%s"\\n' "$s" ${request.path}; ${raw(body)}`
      .text
  })
  return sh`${raw(credentials)}
{
${raw(sections.join('\n'))}
} > "$d/c"
curl -q -sS --fail-early -K "$d/c" 2> "$d/e" || { echo; echo "${raw(answerMark)} failed"; cat "$d/e"; }`
}

/** What curl would send, by kubectl's own words; its refusals are texts. */
function viaKubectl(requests: readonly KubeRequest[], { timeout }: KubeRoad): Script {
  const calls = requests.map((request, i) => {
    return sh`k ${kubectlWords(request)} ${request.body === undefined ? raw('') : raw(`${request.patch === 'merge' ? '--patch-file' : '-f'} "$d/body${i}"`)}`
      .text
  })
  return sh`k() { out=$(kubectl --kubeconfig "$kc" --request-timeout=${`${timeout}s`} "$@" 2>&1); rc=$?; printf '%s\\n%s rc=%s\\n' "$out" ${answerMark} "$rc"; }
${raw(calls.join('\n'))}`
}

const rawVerbs = { GET: 'get', POST: 'create', PUT: 'replace', DELETE: 'delete' } as const

function kubectlWords({ method, path, patch }: KubeRequest): readonly string[] {
  if (method !== 'PATCH') return [rawVerbs[method], '--raw', path]
  const { query, namespace, resource, name } = placeOf(path)
  const dryRun = query.get('dryRun') === 'All' ? ['--dry-run=server'] : []
  const manager = `--field-manager=${query.get('fieldManager') ?? 'tsplay'}`
  if (patch === 'apply') {
    const force = query.get('force') === 'true' ? ['--force-conflicts'] : []
    return ['apply', '--server-side', '--validate=false', '-o', 'json', manager, ...force, ...dryRun]
  }
  const place = namespace === undefined ? [] : ['--namespace', namespace]
  return ['patch', resource, name, ...place, '--type=merge', '-o', 'json', manager, ...dryRun]
}

/** `/apis/apps/v1/namespaces/web/deployments/site` is `deployments.v1.apps`, `site`, in `web`. */
function placeOf(path: string) {
  const url = new URL(path, 'https://cluster')
  const parts =
    /^\/(?:api\/(?<core>[^/]+)|apis\/(?<group>[^/]+)\/(?<version>[^/]+))(?:\/namespaces\/(?<namespace>[^/]+)(?=\/[^/]))?\/(?<plural>[^/]+)\/(?<name>[^/]+)/.exec(
      url.pathname,
    )?.groups
  const { group, version, namespace, plural = '', name = '' } = parts ?? {}
  const resource = group === undefined ? plural : `${plural}.${version}.${group}`
  return { query: url.searchParams, namespace, resource, name }
}
