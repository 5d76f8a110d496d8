import { mkdirSync, readFileSync } from 'node:fs'
import type { Double } from '../double.ts'
import { Options, parseOptions } from '../options.ts'
import { toldToEnd } from '../told-to-end.ts'
import { startApiServer } from './api-server.ts'

const cites =
  'kube-apiserver 1.28: https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/'

const flags = {
  '--advertise-address': 'value',
  '--bind-address': 'value',
  '--secure-port': 'value',
  '--client-ca-file': 'value',
  '--tls-cert-file': 'value',
  '--tls-private-key-file': 'value',
  // Of the double alone: where etcd would keep its data, the key that signs, and its version.
  '--double-data-dir': 'value',
  '--double-ca-key-file': 'value',
  '--double-version': 'value',
  '--double-node-grace': 'value',
} as const

/** Runs until it is told to end. It is etcd, the controllers and the scheduler as well. */
export const kubeApiserver: Double = {
  name: 'kube-apiserver',
  cites,
  async answer(host, args) {
    const options = parseOptions(
      flags,
      args.filter((word) => isKnown(word)),
    )
    if (!(options instanceof Options)) return { exit: 1, stderr: `Error: ${options.kind}\n` }
    const file = (name: string): string => readFileSync(host.path(options.text(name) ?? ''), 'utf8')
    const folder = host.path(options.text('double-data-dir') ?? '/var/lib/etcd')
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const authority = { cert: file('client-ca-file'), key: file('double-ca-key-file') }
    const server = await startApiServer({
      host: options.text('bind-address') ?? '0.0.0.0',
      port: Number(options.text('secure-port') ?? 6443),
      serving: { cert: file('tls-cert-file'), key: file('tls-private-key-file') },
      authority,
      version: options.text('double-version') ?? 'v1.28.15',
      file: `${folder}/double.json`,
      nodeGraceMs: Number(options.text('double-node-grace') ?? 40) * 1000,
    })
    await toldToEnd()
    await server.close()
    return {}
  },
}

/** The real one has some hundred flags more, which change nothing here. */
const isKnown = (word: string): boolean => Object.keys(flags).includes(word.split('=')[0] ?? '')
