import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createServer, type Server, type ServerResponse } from 'node:http'
import { join } from 'node:path'

/** Serves the files of one folder (none below it) over HTTP; the server is listening when the promise settles. */
export function serveFolder(folder: string, address: string, port = 80): Promise<Server> {
  const server = createServer((request, response) => {
    void sendFile(folder, fileName(request.url ?? ''), response)
  })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, address, () => resolve(server))
  })
}

/** apt percent-encodes what version numbers have of colons and pluses. Empty for what is no name. */
function fileName(url: string): string {
  try {
    return decodeURIComponent(url.replace(/^\/(\.\/)?/, ''))
  } catch {
    return ''
  }
}

async function sendFile(folder: string, name: string, response: ServerResponse): Promise<void> {
  const path = join(folder, name)
  const found = /^[^/]+$/.test(name) ? await stat(path).catch(() => undefined) : undefined
  if (!found?.isFile()) return void response.writeHead(404).end()
  response.writeHead(200, { 'content-length': found.size, 'last-modified': found.mtime.toUTCString() })
  createReadStream(path)
    .on('error', () => response.destroy())
    .pipe(response)
}
