import type { Answer } from '../answer.ts'

/** What a command prints: an HTTP answer as `curl -i` shows it, with plain line ends. */
export interface Message {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export function answerOf({ status, headers, body }: Message): Answer {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\n`)
  return { stdout: `HTTP/1.1 ${status}\n${lines.join('')}\n${body}` }
}

export function json(status: number, body: unknown, headers: Message['headers'] = {}): Answer {
  return answerOf({
    status,
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
}

export function readMessage(text: string): Message {
  const [head = '', ...rest] = text.split('\n\n')
  const [first = '', ...lines] = head.split('\n')
  const headers = lines.map((line): [string, string] => {
    const [name = '', ...value] = line.split(': ')
    return [name, value.join(': ')]
  })
  return {
    status: Number(first.split(' ')[1]),
    headers: Object.fromEntries(headers),
    body: rest.join('\n\n'),
  }
}
