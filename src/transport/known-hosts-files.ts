import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { appendFile, mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { HostError } from '#model/host-error.ts'
import { hashedName, type KnownHostLine, namesHost, parseKnownHosts } from './known-hosts.ts'
import { oncePer } from './once-per.ts'

/** One file, with its lines by plain name, so that a host need not be compared with thousands of others. */
interface KnownHostsFile {
  readonly path: string
  text: string
  readonly byName: Map<string, KnownHostLine[]>
  /** Patterns and hashed names. */
  readonly others: KnownHostLine[]
}

interface NewHostKey {
  readonly name: string
  readonly type: string
  readonly key: Buffer
}

/** The known_hosts files of a run: each is read once, and new lines are added one after the other. */
export class KnownHostsFiles {
  readonly #files = new Map<string, Promise<KnownHostsFile>>()
  #writing: Promise<unknown> = Promise.resolve()

  /** The lines that name the host under one of these names, in the order of the files. */
  async linesFor(paths: readonly string[], names: readonly string[]): Promise<readonly KnownHostLine[]> {
    const files = await Promise.all(paths.map((path) => this.#file(path)))
    return files.flatMap((file) => {
      const plain = new Set(names.flatMap((name) => file.byName.get(name) ?? []))
      const others = file.others.filter((line) => names.some((name) => namesHost(line.hosts, name)))
      return [...plain, ...others].sort((a, b) => a.line - b.line)
    })
  }

  /**
   * Adds a line, in one write, and hides the name when the file hides its names. If the file knows the host by now,
   * because another connection was quicker, nothing is written and those lines are given back.
   */
  add(path: string, host: NewHostKey): Promise<readonly KnownHostLine[]> {
    const added = this.#writing.then(() => this.#append(path, host))
    this.#writing = added.catch(() => undefined)
    return added
  }

  async #append(path: string, { name, type, key }: NewHostKey): Promise<readonly KnownHostLine[]> {
    const present = await this.linesFor([path], [name])
    if (present.length > 0) return present
    const file = await this.#file(path)
    const hashed = file.others.some((line) => line.hosts.startsWith('|1|'))
    const hosts = hashed ? hashedName(name, randomBytes(20)) : name
    const line = `${hosts} ${type} ${key.toString('base64')}\n`
    const text = file.text !== '' && !file.text.endsWith('\n') ? `\n${line}` : line
    try {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 })
      await appendFile(path, text, { mode: 0o600 })
    } catch (cause) {
      const said = `The host key of ${name} cannot be written to ${path}: ${messageOf(cause)}`
      throw new HostError('host-key', said, { cause })
    }
    this.#files.set(path, Promise.resolve(indexed(path, file.text + text)))
    return []
  }

  #file(path: string): Promise<KnownHostsFile> {
    return oncePer(this.#files, path, () => read(path))
  }
}

/** At once, as all that is read on the way to a host: many wait, and a turn of the event loop is longer. */
async function read(path: string): Promise<KnownHostsFile> {
  try {
    return indexed(path, readFileSync(path, 'utf8'))
  } catch (cause) {
    if (isMissing(cause)) return indexed(path, '')
    throw new HostError('host-key', `The known hosts in ${path} cannot be read: ${messageOf(cause)}`, {
      cause,
    })
  }
}

function indexed(path: string, text: string): KnownHostsFile {
  const file: KnownHostsFile = { path, text, byName: new Map(), others: [] }
  for (const line of parseKnownHosts(text, path)) {
    if (/[|*?!]/.test(line.hosts)) file.others.push(line)
    else for (const name of new Set(line.hosts.toLowerCase().split(','))) addTo(file.byName, name, line)
  }
  return file
}

function addTo(map: Map<string, KnownHostLine[]>, name: string, line: KnownHostLine): void {
  const lines = map.get(name)
  if (lines) lines.push(line)
  else map.set(name, [line])
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
