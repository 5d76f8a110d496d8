import { write } from 'node:fs'
import type { Output } from './terminal.ts'

/** Reasons for which a write is worth another try: a pipe that another program made non-blocking is full. */
const full = new Set(['EAGAIN', 'EWOULDBLOCK', 'EINTR'])

/**
 * An output over an open file descriptor. Unlike `process.stdout`, whose writes to pipes and terminals block the
 * whole process on Linux, a stopped reader (Ctrl-S, a pager) never holds up the connections to hosts.
 * Any other error than a full pipe (EPIPE, EIO, ENOSPC) closes it for good.
 */
export function fileOutput(fd: number): Output {
  let queue: string[] = []
  let waiting = 0
  let closed = false
  let running: Promise<void> | undefined

  const drain = async (): Promise<void> => {
    while (queue.length > 0 && !closed) {
      const text = queue.join('')
      queue = []
      closed = !(await writeAll(fd, Buffer.from(text)))
      waiting -= text.length
    }
    running = undefined
  }

  return {
    write(text) {
      if (closed || text === '') return
      queue.push(text)
      waiting += text.length
      running ??= drain()
    },
    async flush() {
      while (running !== undefined) await running
    },
    get waiting() {
      return closed ? 0 : waiting
    },
    get closed() {
      return closed
    },
  }
}

async function writeAll(fd: number, bytes: Buffer): Promise<boolean> {
  let done = 0
  while (done < bytes.length) {
    const wrote = await writeSome(fd, bytes, done)
    if (wrote === 'broken') return false
    if (wrote === 'full') await new Promise((resolve) => setTimeout(resolve, 10))
    else done += wrote
  }
  return true
}

function writeSome(fd: number, bytes: Buffer, from: number): Promise<number | 'full' | 'broken'> {
  return new Promise((resolve) => {
    write(fd, bytes, from, bytes.length - from, null, (error, count) => {
      if (error === null) resolve(count)
      else resolve(full.has(error.code ?? '') ? 'full' : 'broken')
    })
  })
}
