import type { Answer } from '../answer.ts'
import { at, listOf, textOf } from '../json.ts'
import { programVersion } from '../kubernetes/program-version.ts'
import { table } from '../table.ts'
import type { KubectlCall, KubectlCommand } from './kubectl-call.ts'
import { answerOf } from './kubectl-call.ts'
import { yamlText } from './print-text.ts'
import { type Served, servedBy } from './resources.ts'

/** kustomize of kubectl 1.28. */
const kustomizeVersion = 'v5.0.4-0.20230601165947-6ce0bf390ce3'

export const version: KubectlCommand = {
  options: { '--client': 'flag', '--output -o': 'value' },
  async run(call) {
    const clientVersion = aboutVersion(await programVersion(call.host, 'kubectl'))
    const { options } = call
    let problem: Answer = {}
    const serverVersion = options.has('client')
      ? undefined
      : await ofServer(call).catch((error: unknown) => {
          problem = answerOf(error)
          return undefined
        })
    const all = { clientVersion, kustomizeVersion, ...(serverVersion && { serverVersion }) }
    const output = options.text('output')
    if (output === 'json') return { ...problem, stdout: `${JSON.stringify(all, undefined, 2)}\n` }
    // The library that prints it ends with a line of its own.
    if (output === 'yaml') return { ...problem, stdout: `${yamlText(all)}\n` }
    const server = serverVersion ? `Server Version: ${serverVersion.gitVersion}\n` : ''
    const stdout = `Client Version: ${clientVersion.gitVersion}\nKustomize Version: ${kustomizeVersion}\n${server}`
    return { ...problem, stdout }
  },
}

const fields = [
  'major',
  'minor',
  'gitVersion',
  'gitCommit',
  'gitTreeState',
  'buildDate',
  'goVersion',
  'compiler',
  'platform',
] as const

async function ofServer({ client }: KubectlCall): Promise<{ readonly gitVersion: string }> {
  const body = await client().ask({ path: '/version' })
  const entries = fields.map((field): [string, string] => [field, textOf(body[field])])
  return Object.assign(Object.fromEntries(entries), { gitVersion: textOf(body['gitVersion']) })
}

function aboutVersion(gitVersion: string) {
  const [, major = '1', minor = '28'] = /^v(\d+)\.(\d+)/.exec(gitVersion) ?? []
  return {
    major,
    minor,
    gitVersion,
    gitCommit: '841856557ef0f6a399096c42635d114d6f2cf7f4',
    gitTreeState: 'clean',
    buildDate: '2024-10-22T20:34:56Z',
    goVersion: 'go1.22.8',
    compiler: 'gc',
    platform: 'linux/amd64',
  }
}

export const apiResources: KubectlCommand = {
  options: {
    '--output -o': 'value',
    '--no-headers': 'flag',
    '--api-group': 'value',
    '--namespaced': 'value',
    '--verbs': 'value',
  },
  async run({ client, options }) {
    const group = options.text('api-group')
    const namespaced = options.text('namespaced')
    const wanted = (await servedBy(client()))
      .filter((one) => group === undefined || one.group === group)
      .filter((one) => namespaced === undefined || String(one.isNamespaced) === namespaced)
      .toSorted(byGroupAndName)
    if (options.text('output') === 'name')
      return {
        stdout: wanted.map((one) => `${one.name}${one.group === '' ? '' : `.${one.group}`}\n`).join(''),
      }
    const rows = wanted.map((one) => [
      one.name,
      one.shortNames.join(','),
      placeOf(one),
      String(one.isNamespaced),
      one.kind,
    ])
    const titles = ['NAME', 'SHORTNAMES', 'APIVERSION', 'NAMESPACED', 'KIND']
    return { stdout: table(options.has('no-headers') ? rows : [titles, ...rows], [], '   ') }
  },
}

const placeOf = ({ group, version: own }: Served): string => (group === '' ? own : `${group}/${own}`)

const byGroupAndName = (a: Served, b: Served): number => {
  const [one, other] = [`${a.group} ${a.name}`, `${b.group} ${b.name}`]
  return one < other ? -1 : 1
}

export const apiVersions: KubectlCommand = {
  async run({ client }) {
    const groups = listOf((await client().ask({ path: '/apis' }))['groups'])
    const versions = groups.flatMap((group) =>
      listOf(at(group, 'versions')).map((one) => textOf(at(one, 'groupVersion'))),
    )
    return {
      stdout: [...versions, 'v1']
        .toSorted()
        .map((one) => `${one}\n`)
        .join(''),
    }
  },
}

/** In colours, as the real one always is. */
export const clusterInfo: KubectlCommand = {
  async run({ client }) {
    const asked = client()
    await asked.ask({
      path: '/api/v1/namespaces/kube-system/services?labelSelector=kubernetes.io%2Fcluster-service%3Dtrue',
    })
    return {
      stdout: `\u001b[0;32mKubernetes control plane\u001b[0m is running at \u001b[0;33m${asked.server}\u001b[0m

To further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.
`,
    }
  },
}
