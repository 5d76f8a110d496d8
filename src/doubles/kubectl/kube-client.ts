import { Agent } from 'node:https'
import { refuse } from '../answer.ts'
import { at, type Fields, fieldsOf, listOf, textOf } from '../json.ts'
import { type ApiAccess, type ApiAnswer, callApi } from '../kubernetes/api-client.ts'
import { isKubeObject, type KubeObject } from '../kubernetes/kube-object.ts'

/** A request, and what of its refusals the caller has a use for. */
export interface Asked {
  readonly method?: string
  readonly path: string
  readonly body?: unknown
  readonly type?: string
  readonly accept?: string
}

/** The API server as kubectl asks it: what it refuses ends the call in kubectl's words. */
export class KubeClient {
  readonly #access: ApiAccess

  constructor(access: ApiAccess) {
    this.#access = { ...access, agent: new Agent({ keepAlive: true }) }
  }

  get server(): string {
    return this.#access.server
  }

  /** `when` says at what it was, for those of several objects. */
  async ask(asked: Asked, when = ''): Promise<Fields> {
    const { code, body } = await this.answerTo(asked)
    if (code >= 400) throw refusalOf({ code, body }, when)
    return body
  }

  /** Undefined for what is not there. */
  async find(path: string): Promise<KubeObject | undefined> {
    const { code, body } = await this.answerTo({ path })
    if (code === 404 && at(body, 'reason') === 'NotFound') return undefined
    if (code >= 400) throw refusalOf({ code, body })
    return isKubeObject(body) ? body : undefined
  }

  async answerTo({ method = 'GET', ...asked }: Asked): Promise<ApiAnswer> {
    try {
      return await callApi(this.#access, { method, ...asked })
    } catch (error) {
      return unreachable(new URL(this.#access.server), error)
    }
  }

  end(): void {
    this.#access.agent?.destroy()
  }
}

/** As k8s.io/kubectl's pkg/cmd/util/helpers.go says it. */
function unreachable({ host, hostname }: URL, error: unknown): never {
  const code = error instanceof Error && 'code' in error ? error.code : ''
  if (code === 'ECONNREFUSED')
    refuse(1, `The connection to the server ${host} was refused - did you specify the right host or port?`)
  if (code === 'ENOTFOUND')
    refuse(1, `Unable to connect to the server: dial tcp: lookup ${hostname}: no such host`)
  return refuse(
    1,
    `Unable to connect to the server: ${error instanceof Error ? error.message : String(error)}`,
  )
}

/** `Error from server (Reason): message`, or for conflicts of server-side apply, advice. */
export function refusalOf({ code, body }: Pick<ApiAnswer, 'code' | 'body'>, when = ''): Error {
  const reason = textOf(body['reason'])
  const message = reason === '' ? 'the server could not find the requested resource' : textOf(body['message'])
  const causes = listOf(at(body, 'details', 'causes'))
  if (code === 409 && causes.some((cause) => at(cause, 'reason') === 'FieldManagerConflict'))
    return caught(`error: ${message}\n${adviceOnConflicts}`)
  const kind = reason === '' ? (code === 404 ? 'NotFound' : 'InternalError') : reason
  // Of these two no word on where they are from: errors.IsInvalid, errors.IsUnauthorized.
  if (kind === 'Invalid')
    return caught(`${when === '' ? '' : ''}The ${invalidSubject(body)} is invalid: ${invalidWhy(message)}`)
  if (kind === 'Unauthorized') return caught('error: You must be logged in to the server (Unauthorized)')
  return caught(`Error from server (${kind}): ${when}${message}`)
}

const invalidSubject = (body: Fields): string => {
  const { kind, name } = fieldsOf(body['details'])
  return `${textOf(kind)} "${textOf(name)}"`
}
const invalidWhy = (message: string): string => message.replace(/^.*? is invalid: /, '')

function caught(text: string): Error {
  try {
    return refuse(1, text)
  } catch (error) {
    if (error instanceof Error) return error
    throw error
  }
}

const adviceOnConflicts = `Please review the fields above--they currently have other managers. Here
are the ways you can resolve this warning:
* If you intend to manage all of these fields, please re-run the apply
  command with the \`--force-conflicts\` flag.
* If you do not intend to manage all of the fields, please edit your
  manifest to remove references to the fields that should keep their
  current managers.
* You may co-own fields by updating your manifest to match the existing
  value; in this case, you'll become the manager if the other manager(s)
  stop managing the field (remove it from their configuration).
See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts`
