import type { CommandResult } from '../host.ts'
import { TaskFailure } from '../module.ts'
import { at, textOf } from './kube-object.ts'
import type { KubeAnswer, KubeRoad } from './kube-request.ts'
import { answerMark } from './kube-script.ts'

/** There is no cluster to talk to from this host: no kubeconfig, or nobody who answers. */
export class NoCluster extends Error {
  override readonly name = 'NoCluster'
}

/** The answers in the order of the requests. Throws NoCluster when the first one never came. */
export function readAnswers(
  { stdout, stderr }: CommandResult,
  count: number,
  road: KubeRoad,
): readonly KubeAnswer[] {
  const answers: KubeAnswer[] = []
  let body: string[] = []
  const lines = stdout.split('\n')
  for (const [i, line] of lines.entries()) {
    if (!line.startsWith(`${answerMark} `)) {
      body.push(line)
      continue
    }
    const word = line.slice(answerMark.length + 1)
    const answer = answerFrom(word, body.join('\n').trim())
    body = []
    if (answer) answers.push(answer)
    else
      throwProblem(word, {
        rest: lines
          .slice(i + 1)
          .join('\n')
          .trim(),
        answered: answers.length,
        count,
        road,
      })
  }
  if (answers.length < count)
    throw new NoCluster(`The host could not ask the cluster: ${stderr.trim() || 'no answer'}`)
  return answers
}

function answerFrom(word: string, body: string): KubeAnswer | undefined {
  const kubectl = /^rc=(\d+)$/.exec(word)
  if (kubectl) return kubectl[1] === '0' ? { code: 200, body: parsed(body) } : refusal(body)
  // curl says 000 for a request without an answer, and what came in between in words behind the last one.
  return /^\d{3}$/.test(word) && word !== '000'
    ? { code: Number(word), body: parsed(body) }
    : word === '000'
      ? { code: 0, body }
      : undefined
}

interface Problem {
  readonly rest: string
  readonly answered: number
  readonly count: number
  readonly road: KubeRoad
}

function throwProblem(word: string, { rest, road }: Problem): never {
  if (word === 'no-kubeconfig') {
    throw new NoCluster(`The host has no ${road.kubeconfig}: there is no control plane on it yet.`)
  }
  if (word === 'unreadable')
    throw new TaskFailure(`${road.kubeconfig} cannot be read by this user: the task needs become.`)
  if (word === 'no-program')
    throw new TaskFailure('The host has neither curl nor kubectl to ask the cluster with.')
  throw new NoCluster(`The API server does not answer: ${rest.split('\n')[0] ?? ''}`)
}

function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return value
  } catch {
    return text
  }
}

const codes: Readonly<Record<string, number>> = {
  NotFound: 404,
  Conflict: 409,
  AlreadyExists: 409,
  Forbidden: 403,
  Unauthorized: 401,
  Invalid: 422,
  BadRequest: 400,
  InternalError: 500,
  ServiceUnavailable: 503,
  TooManyRequests: 429,
  Expired: 410,
}

/** `Error from server (NotFound): nodes "x" not found` as kubectl prints it. */
function refusal(text: string): KubeAnswer {
  const [, reason = '', message = text] = /Error from server \((\w+)\): ([\s\S]*)/.exec(text) ?? []
  if (reason !== '') return { code: codes[reason] ?? 500, body: { kind: 'Status', reason, message } }
  if (/no matches for kind|server could not find the requested resource/.test(text))
    return { code: 404, body: '404 page not found' }
  if (/Apply failed with \d+ conflicts?/.test(text)) {
    const causes = [...text.matchAll(/conflict with "([^"]+)"/g)].map(([cause]) => ({
      reason: 'FieldManagerConflict',
      message: cause,
    }))
    return {
      code: 409,
      body: {
        kind: 'Status',
        reason: 'Conflict',
        message: text.replace(/^error: /, ''),
        details: { causes },
      },
    }
  }
  return /connection refused|no such host|i\/o timeout|was refused/.test(text)
    ? { code: 0, body: text }
    : { code: 500, body: text }
}

/** What an answer that says no says, in one line or a few. */
export function messageOf({ code, body }: KubeAnswer): string {
  const message = textOf(at(body, 'message')) || textOf(body)
  return message.trim() || `the API server answered ${code}`
}

export const isSuccess = ({ code }: KubeAnswer): boolean => code >= 200 && code < 300
