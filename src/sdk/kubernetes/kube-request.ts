/** One request to the API of a cluster, sent from a host that has a kubeconfig for it. */
export interface KubeRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** With its query: `/api/v1/nodes?limit=1`. */
  readonly path: string
  readonly body?: unknown
  readonly patch?: 'apply' | 'merge'
}

export interface KubeAnswer {
  /** 0 when there was no answer at all. */
  readonly code: number
  /** JSON, or the text where it is none. */
  readonly body: unknown
}

export interface KubeRoad {
  /** A file of the host, which root alone may read. */
  readonly kubeconfig: string
  /** `auto` is curl where the host has it, else kubectl. */
  readonly transport: 'auto' | 'curl' | 'kubectl'
  /** Seconds that one request may take. */
  readonly timeout: number
}

export const contentTypeOf = ({ patch }: KubeRequest): string => {
  if (patch === 'apply') return 'application/apply-patch+yaml'
  return patch === 'merge' ? 'application/merge-patch+json' : 'application/json'
}
