import { constants } from 'node:fs'
import { chmod, type FileHandle, open, rm } from 'node:fs/promises'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { HostError } from '#model/host-error.ts'
import type { LabPlan } from './lab-plan.ts'
import type { RoadChange } from './road.ts'

/** What a running lab can be asked for; one JSON object per connection, answered by another. */
export interface KeeperRequest {
  readonly action: string
  readonly host: string
  /** For the action `road`. */
  readonly road?: RoadChange
  /** For the action `reboot`: how long the host's clocks shall say that it has been up already. */
  readonly upSeconds?: number
}

/** Settles when it is done. */
export type KeeperAction = (request: KeeperRequest) => Promise<void>

const socketName = 'control.sock'

/**
 * Calls the socket by a path through its open folder: the kernel takes no more than 107 bytes for one (unix(7)), and a
 * user's home folder may be longer. Whoever gets the folder closes it.
 */
async function openSocketFolder(
  plan: Pick<LabPlan, 'state'>,
): Promise<{ readonly folder: FileHandle; readonly path: string }> {
  const folder = await open(plan.state, constants.O_RDONLY | constants.O_DIRECTORY)
  return { folder, path: `/proc/self/fd/${folder.fd}/${socketName}` }
}

/** In the keeper: answers requests of the lab's owner, by the names of actions. */
export async function serveKeeper(
  plan: Pick<LabPlan, 'state'>,
  actions: Readonly<Record<string, KeeperAction>>,
): Promise<Server> {
  const known = new Map(Object.entries(actions))
  await rm(join(plan.state, socketName), { force: true })
  const { folder, path } = await openSocketFolder(plan)
  const server = createServer({ allowHalfOpen: true }, (socket) => void answer(socket, known))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, resolve)
  })
  server.once('close', () => void folder.close())
  await chmod(join(plan.state, socketName), 0o600)
  return server
}

async function answer(socket: Socket, actions: ReadonlyMap<string, KeeperAction>): Promise<void> {
  // Who hangs up before the answer does not want it.
  socket.on('error', () => undefined)
  try {
    const request: KeeperRequest = JSON.parse(await text(socket))
    const action = actions.get(request.action)
    if (!action) throw new Error(`The lab's keeper knows no action "${request.action}".`)
    await action(request)
    socket.end('{}')
  } catch (error) {
    socket.end(JSON.stringify({ error: error instanceof Error ? error.message : String(error) }))
  }
}

/** Asks a lab's keeper and settles when it has done it; HostError `refused` when it cannot, or there is none. */
export async function askKeeper(plan: LabPlan, request: KeeperRequest): Promise<void> {
  const reply = await call(plan, JSON.stringify(request)).catch((cause: unknown) => {
    throw new HostError('refused', `The lab "${plan.spec.name}" is not up.`, {
      remedy: 'Start it with tsplay lab up.',
      cause,
    })
  })
  const { error }: { readonly error?: string } = JSON.parse(reply || '{"error":"The keeper has ended."}')
  if (error !== undefined) throw new HostError('refused', error)
}

async function call(plan: LabPlan, request: string): Promise<string> {
  const { folder, path } = await openSocketFolder(plan)
  try {
    const socket = connect(path)
    socket.end(request)
    return await text(socket)
  } finally {
    await folder.close()
  }
}
