import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createServer, type Server, type ServerResponse } from 'node:http'
import { join } from 'node:path'

/**
 * Serves the files of folders (none below them) over HTTP, each under its name: `/bookworm/Packages`. The server
 * is listening when the promise settles.
 */
export function serveFolders(
  folders: Readonly<Record<string, string>>,
  address: string,
  port = 80,
): Promise<Server> {
  const known = new Map(Object.entries(folders))
  const server = createServer((request, response) => {
    const [, name = '', file = ''] = /^\/(\w+)\/(?:\.\/)?(.*)$/.exec(request.url ?? '') ?? []
    void sendFile(known.get(name), fileName(file), response)
  })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, address, () => resolve(server))
  })
}

/** apt percent-encodes what version numbers have of colons and pluses. Empty for what is no name. */
function fileName(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return ''
  }
}

async function sendFile(folder: string | undefined, name: string, response: ServerResponse): Promise<void> {
  const path = folder === undefined || !/^[^/]+$/.test(name) ? undefined : join(folder, name)
  const found = path === undefined ? undefined : await stat(path).catch(() => undefined)
  if (path === undefined || !found?.isFile()) return void response.writeHead(404).end()
  response.writeHead(200, { 'content-length': found.size, 'last-modified': found.mtime.toUTCString() })
  createReadStream(path)
    .on('error', () => response.destroy())
    .pipe(response)
}
