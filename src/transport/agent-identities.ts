import { connect } from 'node:net'

/** A key the agent holds: its public part in wire format, and what its owner calls it. */
export interface AgentIdentity {
  readonly blob: Buffer
  readonly comment: string
}

const requestIdentities = 11
const identitiesAnswer = 12
const patienceMs = 5000

/**
 * Asks an SSH agent for its keys (draft-miller-ssh-agent, 4.4). ssh2's own question leaves out the kinds of
 * key it cannot use, so nobody could be told about them. Rejects when there is no agent.
 */
export async function agentIdentities(socketPath: string): Promise<readonly AgentIdentity[]> {
  return parseIdentities(await ask(socketPath))
}

function ask(socketPath: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = connect(socketPath)
    let answer = Buffer.alloc(0)
    socket.setTimeout(patienceMs, () => socket.destroy(new Error('The agent does not answer.')))
    socket.on('connect', () => socket.write(Buffer.from([0, 0, 0, 1, requestIdentities])))
    socket.on('data', (chunk) => {
      answer = Buffer.concat([answer, chunk])
      if (answer.length < 4 || answer.length < 4 + answer.readUInt32BE(0)) return
      resolve(answer.subarray(4, 4 + answer.readUInt32BE(0)))
      socket.destroy()
    })
    socket.on('error', reject)
    socket.on('close', () => reject(new Error('The agent closed the connection.')))
  })
}

/** Pure. Throws when the answer is not a list of keys. */
export function parseIdentities(answer: Buffer): readonly AgentIdentity[] {
  if (answer[0] !== identitiesAnswer) throw new Error('The agent does not give its keys.')
  const identities: AgentIdentity[] = []
  let at = 5
  const next = (): Buffer => {
    const length = answer.readUInt32BE(at)
    const field = answer.subarray(at + 4, at + 4 + length)
    at += 4 + length
    return field
  }
  for (let left = answer.readUInt32BE(1); left > 0; left -= 1) {
    identities.push({ blob: next(), comment: next().toString('utf8') })
  }
  return identities
}
