import type { Server } from 'node:net'
import { onTestFinished } from 'vitest'

/** Lets a server listen on a free loopback port until the test ends. */
export function listening(server: Server): Promise<{ readonly address: string; readonly port: number }> {
  onTestFinished(() => void server.close())
  return new Promise((resolve, reject) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      if (address === null || typeof address === 'string') reject(new Error('The server has no port.'))
      else resolve({ address: address.address, port: address.port })
    })
  })
}
