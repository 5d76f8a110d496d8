import type { Controller } from './controller.ts'
import { TaskFailure } from './module.ts'
import type { UriArgs } from './uri-args.ts'

/** What is sent, and of which type it is. */
export interface RequestBody {
  readonly content: string | Uint8Array
  readonly type: string | undefined
}

type Files = Pick<Controller, 'file' | 'random'>

/** The body of a request, written as the arguments say; undefined without one. */
export async function requestBody(args: UriArgs, controller: Files): Promise<RequestBody | undefined> {
  const { body, body_format = 'raw', src, remote_src } = args
  if (src !== undefined && !remote_src) {
    return { content: await (await controller.file(src)).read(), type: undefined }
  }
  if (body === undefined || body === null) return undefined
  if (body_format === 'form-multipart') return multipart(body, controller)
  if (body_format === 'form-urlencoded') {
    return { content: formText(body), type: 'application/x-www-form-urlencoded' }
  }
  const isData = typeof body !== 'string'
  const content = isData ? JSON.stringify(body) : body
  return { content, type: body_format === 'json' || isData ? 'application/json' : undefined }
}

function formText(body: unknown): string {
  if (typeof body === 'string') return body
  return formPairs(body)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join('&')
}

function formPairs(body: unknown): readonly (readonly [string, string])[] {
  if (Array.isArray(body)) {
    return body.map((pair: unknown) => {
      if (Array.isArray(pair) && pair.length === 2) return [String(pair[0]), textOf(pair[1])] as const
      throw new TaskFailure('A form given as a list needs pairs of a name and a value.')
    })
  }
  return entriesOf(body).flatMap(([name, value]) =>
    Array.isArray(value)
      ? value.map((one: unknown) => [name, textOf(one)] as const)
      : [[name, textOf(value)] as const],
  )
}

const textOf = (value: unknown): string =>
  typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value ?? '')

function entriesOf(body: unknown): readonly (readonly [string, unknown])[] {
  if (typeof body === 'object' && body !== null) return Object.entries(body)
  throw new TaskFailure('A form needs a mapping of names and values.')
}

interface Part {
  readonly name: string
  readonly filename?: string
  readonly type: string
  readonly content: Uint8Array
}

/** RFC 7578. A field is text, or a mapping with `filename`, `content` and `mime_type`. */
async function multipart(body: unknown, controller: Files): Promise<RequestBody> {
  const boundary = Array.from(controller.random(16), (byte) => byte.toString(16).padStart(2, '0')).join('')
  const parts = await Promise.all(entriesOf(body).map(([name, value]) => partOf(name, value, controller)))
  const chunks = parts.flatMap((part) => [encode(partHead(part, boundary)), part.content, encode('\r\n')])
  return {
    content: joined([...chunks, encode(`--${boundary}--\r\n`)]),
    type: `multipart/form-data; boundary=${boundary}`,
  }
}

async function partOf(name: string, value: unknown, controller: Files): Promise<Part> {
  if (typeof value !== 'object' || value === null) {
    return { name, type: 'text/plain', content: encode(textOf(value)) }
  }
  const field: Readonly<Record<string, unknown>> = { ...value }
  const { filename, content, mime_type } = field
  const type = typeof mime_type === 'string' ? mime_type : 'application/octet-stream'
  if (content !== undefined) {
    const shown = typeof filename === 'string' ? { filename } : {}
    return { name, ...shown, type, content: encode(textOf(content)) }
  }
  if (typeof filename !== 'string')
    throw new TaskFailure(`The field "${name}" needs "filename" or "content".`)
  return { name, filename, type, content: await (await controller.file(filename)).read() }
}

function partHead({ name, filename, type }: Part, boundary: string): string {
  const quoted = (text: string): string => `"${text.replaceAll('"', '%22').replaceAll(/[\r\n]+/g, ' ')}"`
  const file = filename === undefined ? '' : `; filename=${quoted(filename.replace(/^.*\//, ''))}`
  return `--${boundary}\r\nContent-Disposition: form-data; name=${quoted(name)}${file}\r\nContent-Type: ${type}\r\n\r\n`
}

const encode = (text: string): Uint8Array => new TextEncoder().encode(text)

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0))
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.byteLength
  }
  return whole
}
