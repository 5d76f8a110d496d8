/** The fields of kubeadm's configuration that matter here, read by their names (v1beta3). */
export interface KubeadmConfig {
  readonly version: string
  readonly name: string
  readonly address: string
  readonly port: number
  readonly endpoint: string
  readonly sans: readonly string[]
  readonly token: string
  readonly hashes: readonly string[]
  readonly joinEndpoint: string
  readonly isTainted: boolean
  readonly clusterText: string
}

export function readKubeadmConfig(text: string, hostName: string): KubeadmConfig {
  const value = (name: string): string =>
    new RegExp(`^[ -]*"?${name}"?: *"?([^"\\s,{}]+)"?`, 'm').exec(text)?.[1] ?? ''
  const name = /nodeRegistration:\s*\n(?:\s+.*\n)*?\s+name: *"?([^"\s]+)/.exec(text)?.[1] ?? hostName
  const address = value('advertiseAddress')
  const port = Number(value('bindPort') || 6443)
  return {
    version: value('kubernetesVersion') || 'v1.28.15',
    name,
    address,
    port,
    endpoint: value('controlPlaneEndpoint') || `${address}:${port}`,
    sans: listAfter(text, 'certSANs'),
    token: value('token'),
    hashes: listAfter(text, 'caCertHashes'),
    joinEndpoint: value('apiServerEndpoint'),
    isTainted: !/taints: *\[\]/.test(text),
    clusterText:
      text
        .split(/^---\s*$/m)
        .find((part) => part.includes('kind: ClusterConfiguration'))
        ?.trim() ?? '',
  }
}

/** A list in brackets, or one with an item on each line. */
function listAfter(text: string, name: string): readonly string[] {
  const flow = new RegExp(`^[ -]*${name}: *\\[([^\\]]*)\\]`, 'm').exec(text)?.[1]
  const block = new RegExp(`^[ -]*${name}:[ ]*\\n((?:[ ]+- .*\\n?)+)`, 'm').exec(text)?.[1]
  const items = flow?.split(',') ?? block?.split('\n').map((line) => line.replace(/^ *- /, '')) ?? []
  return items.map((item) => item.trim().replaceAll(/^["']|["']$/g, '')).filter((item) => item !== '')
}
