import type { ServerHostKeyAlgorithm } from 'ssh2'
import { HostError } from '#model/host-error.ts'
import { fingerprint, hostKeyType } from './host-key.ts'
import { type HostKeyVerdict, judgeHostKey, type KnownHostLine, knownHostName } from './known-hosts.ts'
import type { KnownHostsFiles } from './known-hosts-files.ts'
import { hopName, type SshHop } from './ssh-hop.ts'

/** Signature algorithms of host keys, best first, by the key type that stands in known_hosts. */
const algorithmsByType: ReadonlyMap<string, readonly ServerHostKeyAlgorithm[]> = new Map([
  ['ssh-ed25519', ['ssh-ed25519']],
  ['ecdsa-sha2-nistp256', ['ecdsa-sha2-nistp256']],
  ['ecdsa-sha2-nistp384', ['ecdsa-sha2-nistp384']],
  ['ecdsa-sha2-nistp521', ['ecdsa-sha2-nistp521']],
  ['ssh-rsa', ['rsa-sha2-512', 'rsa-sha2-256']],
])

/** Compares the key a server shows with what is known of it. One for each connection attempt. */
export class HostKeyCheck {
  readonly #hop: SshHop
  readonly #files: KnownHostsFiles
  readonly #lines: readonly KnownHostLine[]
  #verified: Buffer | undefined

  private constructor(hop: SshHop, files: KnownHostsFiles, lines: readonly KnownHostLine[]) {
    this.#hop = hop
    this.#files = files
    this.#lines = lines
  }

  static async prepare(hop: SshHop, files: KnownHostsFiles): Promise<HostKeyCheck> {
    const { name, bareName } = namesOf(hop)
    const lines =
      hop.hostKeyChecking === 'off' ? [] : await files.linesFor(hop.knownHostsFiles, [name, bareName])
    return new HostKeyCheck(hop, files, lines)
  }

  /** Asks first for key types that are known; another type would look like a changed key. */
  get algorithms(): ServerHostKeyAlgorithm[] {
    const known = new Set(this.#lines.filter(({ marker }) => marker === undefined).map(({ type }) => type))
    const types = [...algorithmsByType.keys()]
    const ordered = [...types.filter((type) => known.has(type)), ...types.filter((type) => !known.has(type))]
    return ordered.flatMap((type) => algorithmsByType.get(type) ?? [])
  }

  /**
   * Whether the key may be trusted; throws HostError when it may not. Gives a promise only for a new key that has
   * to be written down first. When keys are exchanged again during a session the answer must be given at once:
   * ssh2 1.17 sends packets of the old and the new key mixed if it has to wait.
   */
  verify(key: Buffer): true | Promise<true> {
    if (this.#verified?.equals(key) || this.#hop.hostKeyChecking === 'off') return true
    if (this.#verified) throw changedInSession(this.#hop, key)
    const verdict = this.#judge(this.#lines, key)
    if (verdict.kind === 'unknown' && this.#hop.hostKeyChecking === 'accept-new') return this.#remember(key)
    if (verdict.kind !== 'known') throw refusal(verdict, this.#hop, key)
    this.#verified = key
    return true
  }

  async #remember(key: Buffer): Promise<true> {
    const [file] = this.#hop.knownHostsFiles
    const { name } = namesOf(this.#hop)
    const meanwhile = file ? await this.#files.add(file, { name, type: hostKeyType(key), key }) : []
    const verdict = meanwhile.length > 0 ? this.#judge(meanwhile, key) : accepted
    if (verdict.kind !== 'known') throw refusal(verdict, this.#hop, key)
    this.#verified = key
    return true
  }

  #judge(lines: readonly KnownHostLine[], key: Buffer): HostKeyVerdict {
    return judgeHostKey(lines, { ...namesOf(this.#hop), type: hostKeyType(key), key })
  }
}

const accepted: HostKeyVerdict = { kind: 'known' }

function namesOf({ hostname, hostKeyAlias, port }: SshHop): { name: string; bareName: string } {
  const host = hostKeyAlias ?? hostname
  // An alias stands for the server itself, so it is looked up without the port.
  return { name: knownHostName(host, hostKeyAlias ? 22 : port), bareName: host.toLowerCase() }
}

function refusal(verdict: Exclude<HostKeyVerdict, { kind: 'known' }>, hop: SshHop, key: Buffer): HostError {
  const shown = `${hostKeyType(key)} ${fingerprint(key)}`
  if (verdict.kind === 'revoked') {
    const where = `${verdict.line.file}:${verdict.line.line}`
    return new HostError('host-key', `The host key of ${hopName(hop)} is revoked: ${shown}, at ${where}.`, {
      remedy: 'Do not connect to this host before its key has been replaced.',
    })
  }
  if (verdict.kind === 'changed') return changedKey(verdict.line, hop, shown)
  if (verdict.authority) {
    const where = `${verdict.authority.file}:${verdict.authority.line}`
    return new HostError(
      'host-key',
      `The host key of ${hopName(hop)} is vouched for by a certificate authority only (${where}), and host certificates are not supported. It shows ${shown}.`,
      { remedy: 'Add the key itself to known_hosts, after comparing its fingerprint with the host.' },
    )
  }
  return new HostError('host-key', `The host key of ${hopName(hop)} is unknown: ${shown}.`, {
    remedy: `Compare the fingerprint with the host's own, then add it to ${hop.knownHostsFiles[0] ?? 'known_hosts'} (ssh-keyscan), or set ssh_host_key_checking to accept-new.`,
  })
}

function changedInSession(hop: SshHop, key: Buffer): HostError {
  const shown = `${hostKeyType(key)} ${fingerprint(key)}`
  return new HostError(
    'host-key',
    `The host key of ${hopName(hop)} has changed during the session, to ${shown}.`,
  )
}

function changedKey(line: KnownHostLine, hop: SshHop, shown: string): HostError {
  const known = `${line.type} ${fingerprint(line.key)}`
  return new HostError(
    'host-key',
    `The host key of ${hopName(hop)} has changed: it shows ${shown}, but ${line.file}:${line.line} has ${known}.`,
    {
      remedy: `Someone may be listening in. If the host was set up anew, remove line ${line.line} of ${line.file}.`,
    },
  )
}
