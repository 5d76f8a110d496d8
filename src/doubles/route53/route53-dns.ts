import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import type { Double } from '../double.ts'
import { DoubleHost } from '../host.ts'
import { defineService, type Place } from '../service.ts'
import { lookUp } from './dns-lookup.ts'
import { readQuestion, writeAnswer } from './dns-message.ts'
import { begin, route53State } from './route53-state.ts'

const cites = 'RFC 1035 (DNS), by UDP alone; RFC 4592 (wildcards)'

/** The name servers of the zones: a resolver for hosts that know no other names. */
export const route53Dns: Double = defineService({ name: 'route53-dns', cites, port: 53, serve: serveDns })

/** Listens when it settles. */
export async function serveDns(root: string, { address, port }: Place): Promise<Socket> {
  const socket = createSocket('udp4')
  socket.on('message', (message, sender) => {
    answerTo(root, message).then(
      (answer) => answer && socket.send(answer, sender.port, sender.address),
      (error: unknown) => process.stderr.write(`E dns: ${String(error)}\n`),
    )
  })
  socket.bind(port, address)
  await once(socket, 'listening')
  return socket
}

async function answerTo(root: string, message: Buffer): Promise<Buffer | undefined> {
  const question = readQuestion(message)
  if (!question) return undefined
  // Files are replaced as a whole, so who only reads needs no lock.
  const host = new DoubleHost(root)
  const { zones } = await begin(await host.store.open(route53State), host)
  return writeAnswer(question, lookUp(Object.values(zones), question.name, question.type))
}
