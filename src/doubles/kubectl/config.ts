import { type Answer, refuse } from '../answer.ts'
import { at, type Fields, fieldsOf, isFields, listOf, textOf } from '../json.ts'
import { table } from '../table.ts'
import { jsonPath } from './json-path.ts'
import { contextOf, entryOf } from './kubeconfig.ts'
import type { KubectlCall, KubectlCommand } from './kubectl-call.ts'
import { yamlText } from './print-text.ts'

/** What of a kubeconfig is read, by `config view`, `current-context` and `get-contexts`. */
export const config: KubectlCommand = {
  options: {
    '--output -o': 'value',
    '--minify': 'flag',
    '--raw': 'flag',
    '--flatten': 'flag',
    '--no-headers': 'flag',
  },
  run(call) {
    const [command = ''] = call.operands
    const run = commands[command]
    return run
      ? run(call)
      : refuse(1, `error: unknown command "${command}"\nSee 'kubectl config -h' for help and examples`)
  },
}

const commands: Readonly<Record<string, (call: KubectlCall) => Answer>> = {
  view,
  'current-context': ({ config: { content } }) => {
    const current = textOf(content['current-context'])
    return current === '' ? refuse(1, 'error: current-context is not set') : { stdout: `${current}\n` }
  },
  'get-contexts': getContexts,
}

function view(call: KubectlCall): Answer {
  const { options, config: read } = call
  const content = whole(options.has('minify') ? minified(call) : read.content)
  const shown = options.has('raw') ? content : fieldsOf(withoutSecrets(content))
  const [format = 'yaml', template = ''] = (options.text('output') ?? 'yaml').split(/=(.*)/s)
  if (format === 'json') return { stdout: `${JSON.stringify(inOrder(shown), undefined, 4)}\n` }
  if (format === 'jsonpath') return { stdout: jsonPath(template, shown) }
  return { stdout: yamlText(shown) }
}

const whole = (content: Fields): Fields => ({
  apiVersion: 'v1',
  clusters: null,
  contexts: null,
  'current-context': '',
  kind: 'Config',
  preferences: {},
  users: null,
  ...content,
})

/** What the context in use needs. */
function minified({ config: read, options }: KubectlCall): Fields {
  const name = options.text('context') ?? textOf(read.content['current-context'])
  const context = contextOf(read, options)
  const [cluster, user] = [textOf(context['cluster']), textOf(context['user'])]
  return {
    ...read.content,
    clusters: [{ cluster: entryOf(read, 'clusters', cluster), name: cluster }],
    contexts: [{ context, name }],
    'current-context': name,
    users: [{ name: user, user: entryOf(read, 'users', user) }],
  }
}

function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets)
  if (!isFields(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      if (name.endsWith('-data')) return [name, 'DATA+OMITTED']
      return [name, name === 'token' || name === 'password' ? 'REDACTED' : withoutSecrets(member)]
    }),
  )
}

/** As k8s.io/client-go's tools/clientcmd/api/v1 has its fields. */
function inOrder(content: Fields): Fields {
  const { kind, apiVersion, preferences, clusters, users, contexts, ...rest } = content
  const named = (list: unknown, field: string) =>
    Array.isArray(list) ? list.map((one) => ({ name: at(one, 'name'), [field]: at(one, field) })) : list
  const withServer = (one: unknown) => {
    const { server, ...cluster } = fieldsOf(at(one, 'cluster'))
    return { name: at(one, 'name'), cluster: { server, ...cluster } }
  }
  return {
    kind,
    apiVersion,
    preferences,
    clusters: Array.isArray(clusters) ? clusters.map(withServer) : clusters,
    users: named(users, 'user'),
    contexts: named(contexts, 'context'),
    'current-context': rest['current-context'],
  }
}

function getContexts({ config: { content }, options }: KubectlCall): Answer {
  const current = textOf(content['current-context'])
  const rows = listOf(content['contexts'])
    .map((one) => {
      const name = textOf(at(one, 'name'))
      const fields = ['cluster', 'user', 'namespace'].map((field) => textOf(at(one, 'context', field)))
      return [name === current ? '*' : '', name, ...fields]
    })
    .toSorted((a, b) => ((a[1] ?? '') < (b[1] ?? '') ? -1 : 1))
  if (options.text('output') === 'name') return { stdout: rows.map(([, name = '']) => `${name}\n`).join('') }
  const titles = ['CURRENT', 'NAME', 'CLUSTER', 'AUTHINFO', 'NAMESPACE']
  return { stdout: table(options.has('no-headers') ? rows : [titles, ...rows], [], '   ') }
}
