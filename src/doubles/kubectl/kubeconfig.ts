import { existsSync, readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { parse } from 'yaml'
import { refuse } from '../answer.ts'
import type { DoubleHost } from '../host.ts'
import { at, type Fields, fieldsOf, listOf, textOf } from '../json.ts'
import type { ApiAccess } from '../kubernetes/api-client.ts'
import type { Options } from '../options.ts'

/** A kubeconfig, as https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/ says it is read. */
export interface Kubeconfig {
  /** Empty where there is no file. */
  readonly content: Fields
  /** Relative paths in it start there. */
  readonly folder: string
}

/** `--kubeconfig` has to be there; the file of the environment or the home folder need not. */
export function readConfig(host: DoubleHost, options: Options): Kubeconfig {
  const given = options.text('kubeconfig')
  const { KUBECONFIG, HOME = '/root' } = process.env
  const file =
    given ?? KUBECONFIG?.split(':').find((one) => existsSync(host.path(one))) ?? `${HOME}/.kube/config`
  // What the caller names is where the caller finds it.
  const path = given === undefined ? host.path(file) : resolve(file)
  if (!existsSync(path)) {
    if (given !== undefined) refuse(1, `error: stat ${given}: no such file or directory`)
    return { content: {}, folder: '/' }
  }
  return { content: fieldsOf(parse(readFileSync(path, 'utf8'))), folder: dirname(path) }
}

/** The entry of a list that has a name: `clusters`, `contexts`, `users`. */
export const entryOf = ({ content }: Kubeconfig, list: string, name: string): Fields =>
  fieldsOf(
    at(
      listOf(content[list]).find((one) => at(one, 'name') === name),
      list.slice(0, -1),
    ),
  )

export function contextOf(config: Kubeconfig, options: Options): Fields {
  const name = options.text('context') ?? textOf(config.content['current-context'])
  const context = entryOf(config, 'contexts', name)
  if (options.text('context') !== undefined && Object.keys(context).length === 0)
    refuse(1, `Error in configuration: context was not found for specified context: ${name}`)
  return context
}

/** Where the cluster is and who asks. Without a configuration that is localhost, where nobody listens. */
export function accessOf(config: Kubeconfig, options: Options): ApiAccess {
  const context = contextOf(config, options)
  const cluster = entryOf(config, 'clusters', options.text('cluster') ?? textOf(context['cluster']))
  const user = entryOf(config, 'users', options.text('user') ?? textOf(context['user']))
  const pem = (from: Fields, name: string): string => {
    const data = textOf(from[`${name}-data`])
    if (data !== '') return Buffer.from(data, 'base64').toString()
    return textOf(from[name]) === '' ? '' : readFileSync(resolve(config.folder, textOf(from[name])), 'utf8')
  }
  const token = textOf(user['token'])
  return {
    server: options.text('server') ?? (textOf(cluster['server']) || 'http://localhost:8080'),
    ca: pem(cluster, 'certificate-authority'),
    cert: pem(user, 'client-certificate'),
    key: pem(user, 'client-key'),
    ...(token === '' ? {} : { token }),
  }
}
