import { readFile } from 'node:fs/promises'
import ssh2, { type AnyAuthMethod, type ParsedKey } from 'ssh2'
import { type AgentIdentity, agentIdentities } from './agent-identities.ts'
import { AgentKey } from './agent-key.ts'
import { fingerprint, hostKeyType } from './host-key.ts'
import { oncePer } from './once-per.ts'
import type { PrivateKeys } from './private-keys.ts'
import type { SshHop } from './ssh-hop.ts'

/** One way to prove who we are. */
export interface Credential {
  /** The same for the same key, whichever host it is shown to. */
  readonly id: string
  /** For messages. */
  readonly label: string
  readonly method: AnyAuthMethod
  /** Set for keys whose private part is at hand. */
  readonly key?: ParsedKey
}

export interface Credentials {
  readonly usable: readonly Credential[]
  /** Keys that cannot be used, and why; said when nothing else works. */
  readonly unusable: readonly string[]
}

/** Reads keys and asks agents, once for all hosts of a run. */
export class CredentialSource {
  readonly #keys: PrivateKeys
  readonly #agents = new Map<string, Promise<readonly AgentIdentity[]>>()
  /** `user@host:port` to the credential that worked there last. */
  readonly #good = new Map<string, string>()

  constructor(keys: PrivateKeys) {
    this.#keys = keys
  }

  /**
   * What to try, in this order: what worked there before, the key given for the host, its password if no key
   * was given, the agent's copies of the configured keys, other keys of the agent, the configured key files,
   * the password.
   */
  async for(hop: SshHop): Promise<Credentials> {
    const unusable: string[] = []
    const given = hop.privateKeyFile
      ? await this.#file(hop, hop.privateKeyFile, { unusable, given: true })
      : []
    const files = (
      await Promise.all(hop.identityFiles.map((path) => this.#file(hop, path, { unusable })))
    ).flat()
    const agent = await this.#fromAgent(hop, unusable)
    const passwords = passwordsOf(hop)
    const first = hop.privateKeyFile ? given : passwords
    const all = unique([...first, ...agent, ...files, ...passwords])
    const good = this.#good.get(placeOf(hop))
    const known = all.filter(({ id }) => id === good)
    return { usable: [...known, ...all.filter(({ id }) => id !== good)], unusable }
  }

  remember(hop: SshHop, credential: Credential): void {
    this.#good.set(placeOf(hop), credential.id)
  }

  /** Whether this one opened the same door before. */
  isKnownGood(hop: SshHop, credential: Credential): boolean {
    return this.#good.get(placeOf(hop)) === credential.id
  }

  async #file(
    hop: SshHop,
    path: string,
    { unusable, given }: { unusable: string[]; given?: boolean },
  ): Promise<Credential[]> {
    const loaded = await this.#keys.load(path, hop.privateKeyPassphrase)
    if (loaded.kind === 'key') return [keyCredential(hop, path, loaded.key)]
    if (loaded.kind !== 'missing') unusable.push(`${path}: ${loaded.reason}`)
    else if (given) unusable.push(`${path}: there is no such file`)
    return []
  }

  async #fromAgent(hop: SshHop, unusable: string[]): Promise<Credential[]> {
    const { agentSocket } = hop
    if (!agentSocket) return []
    const identities = await this.#identities(agentSocket).catch((error: unknown) => {
      unusable.push(`the agent at ${agentSocket}: ${error instanceof Error ? error.message : String(error)}`)
      return []
    })
    if (identities.length === 0) return []
    const configured = await publicBlobs(
      [hop.privateKeyFile ?? [], hop.identityFiles].flat(),
      this.#keys,
      hop,
    )
    const isConfigured = ({ blob }: AgentIdentity) => configured.some((other) => other.equals(blob))
    const wanted = [
      ...identities.filter(isConfigured),
      ...(hop.identitiesOnly ? [] : identities.filter((identity) => !isConfigured(identity))),
    ]
    return wanted.flatMap((identity) => agentCredential(hop, agentSocket, identity, unusable))
  }

  #identities(socket: string): Promise<readonly AgentIdentity[]> {
    return oncePer(this.#agents, socket, () => agentIdentities(socket))
  }
}

function keyCredential(hop: SshHop, path: string, key: ParsedKey): Credential {
  return {
    id: key.getPublicSSH().toString('base64'),
    label: `key ${path}`,
    method: { type: 'publickey', username: hop.user, key },
    key,
  }
}

function agentCredential(
  hop: SshHop,
  socket: string,
  { blob, comment }: AgentIdentity,
  unusable: string[],
): Credential[] {
  const type = hostKeyType(blob)
  const label = `agent key ${comment || fingerprint(blob)}`
  const key = ssh2.utils.parseKey(blob)
  if (key instanceof Error || Array.isArray(key)) {
    unusable.push(`${label}: ${whyNot(type)}`)
    return []
  }
  const agent = new AgentKey(socket, key)
  return [{ id: blob.toString('base64'), label, method: { type: 'agent', username: hop.user, agent } }]
}

function whyNot(type: string): string {
  if (type.includes('-cert-')) return 'certificates are not supported'
  if (type.startsWith('sk-')) return 'keys on security tokens (FIDO) are not supported'
  return `keys of type ${type} are not supported`
}

function passwordsOf(hop: SshHop): Credential[] {
  if (!hop.password) return []
  const password = hop.password.reveal()
  const username = hop.user
  return [
    { id: 'password', label: 'password', method: { type: 'password', username, password } },
    {
      id: 'keyboard-interactive',
      label: 'password (keyboard-interactive)',
      method: {
        type: 'keyboard-interactive',
        username,
        // PAM asks for the password in its own words; a second question can only be answered the same way.
        prompt: (_name, _instructions, _lang, prompts, finish) => finish(prompts.map(() => password)),
      },
    },
  ]
}

/** The public halves of key files, also of those that only the agent can unlock. */
async function publicBlobs(
  paths: readonly string[],
  keys: PrivateKeys,
  hop: SshHop,
): Promise<readonly Buffer[]> {
  const blobs = await Promise.all(
    paths.map(async (path) => {
      const loaded = await keys.load(path, hop.privateKeyPassphrase)
      if (loaded.kind === 'key') return [loaded.key.getPublicSSH()]
      const text = await readFile(path.endsWith('.pub') ? path : `${path}.pub`, 'utf8').catch(() => '')
      const blob = text.split(' ')[1]
      return blob ? [Buffer.from(blob, 'base64')] : []
    }),
  )
  return blobs.flat()
}

function unique(all: readonly Credential[]): readonly Credential[] {
  return [...new Map([...all].reverse().map((one) => [one.id, one])).values()].reverse()
}

const placeOf = ({ user, hostname, port }: SshHop): string => `${user}@${hostname}:${port}`
