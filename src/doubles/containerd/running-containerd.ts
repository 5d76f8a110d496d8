import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { dirname } from 'node:path'
import type { DoubleHost } from '../host.ts'
import { type Fields, fieldsOf } from '../json.ts'
import { toldToEnd } from '../told-to-end.ts'
import { socketOf } from './containerd-config.ts'

/** With what the containerd that runs has started; the file may say something else by now. */
export interface RunningContainerd {
  readonly config: Fields
  readonly uuid: string
}

const notes = '/run/tsplay-lab/containerd.json'

/** Listens on its socket until it is told to end. Nothing comes of a connection: no image runs. */
export async function serveContainerd(host: DoubleHost, config: Fields): Promise<void> {
  const socket = host.path(socketOf(config))
  mkdirSync(dirname(socket), { recursive: true })
  // A killed one leaves its socket.
  rmSync(socket, { force: true })
  const server = createServer((client) => client.destroy())
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  server.listen(socket, resolve)
  await promise
  mkdirSync(dirname(host.path(notes)), { recursive: true })
  const running: RunningContainerd = { config, uuid: randomUUID() }
  writeFileSync(host.path(notes), JSON.stringify(running))
  process.stderr.write(`time="${new Date().toISOString()}" level=info msg="containerd successfully booted"\n`)
  await toldToEnd()
  rmSync(host.path(notes), { force: true })
  server.close()
}

/** The one that answers at a socket; undefined where none does. */
export async function runningAt(host: DoubleHost, socket: string): Promise<RunningContainerd | undefined> {
  if (!existsSync(host.path(notes)) || !(await isAnswered(host.path(socket)))) return undefined
  const { config, uuid } = fieldsOf(JSON.parse(readFileSync(host.path(notes), 'utf8')))
  return { config: fieldsOf(config), uuid: String(uuid) }
}

function isAnswered(path: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const client = connect(path)
  client.once('connect', () => resolve(true))
  client.once('error', () => resolve(false))
  return promise.finally(() => client.destroy())
}
