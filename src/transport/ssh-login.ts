import type { AnyAuthMethod, AuthenticationType } from 'ssh2'
import { HostError } from '#model/host-error.ts'
import type { Credential, Credentials } from './ssh-credentials.ts'
import { hopName, type SshHop } from './ssh-hop.ts'

/** One attempt to log in: offers the credentials one by one, leaving out what the server does not take. */
export class Login {
  readonly #hop: SshHop
  readonly #credentials: Credentials
  readonly #offered: Credential[] = []
  #serverTakes: readonly string[] | undefined
  #left: Credential[]
  #partial = false

  constructor(hop: SshHop, credentials: Credentials) {
    this.#hop = hop
    this.#credentials = credentials
    this.#left = [...credentials.usable]
  }

  /** The one that was offered last; when the server lets us in, it is the one that worked. */
  get current(): Credential | undefined {
    return this.#offered.at(-1)
  }

  /** What will be offered first. */
  get first(): Credential | undefined {
    return this.#credentials.usable[0]
  }

  /** ssh2 asks this at first and after each refusal; `null` means that nothing was offered yet. */
  next(serverTakes: readonly AuthenticationType[] | null, partial: boolean | null): AnyAuthMethod | false {
    this.#partial ||= partial === true
    if (serverTakes) this.#serverTakes = serverTakes
    const taken = this.#serverTakes
    this.#left = this.#left.filter(({ method }) => !taken || taken.includes(nameOf(method)))
    const credential = this.#left.shift()
    if (!credential) return false
    this.#offered.push(credential)
    return credential.method
  }

  /** Why nobody was let in. */
  failure(cause: unknown): HostError {
    const { unusable } = this.#credentials
    const tried = this.#offered.map(({ label }) => label)
    const takes = this.#serverTakes?.length ? ` The server takes ${this.#serverTakes.join(', ')}.` : ''
    const skipped = unusable.length > 0 ? ` Not usable: ${unusable.join('; ')}.` : ''
    const what =
      tried.length > 0
        ? `refused ${tried.join(', ')}`
        : 'was offered nothing: no key and no password is at hand'
    const more = this.#partial ? ' It wants a further proof after the first.' : ''
    return new HostError('authentication', `${hopName(this.#hop)} ${what}.${takes}${more}${skipped}`, {
      remedy: remedyFor(tried.length, unusable),
      cause,
    })
  }
}

const nameOf = ({ type }: AnyAuthMethod): string => (type === 'agent' ? 'publickey' : type)

function remedyFor(tried: number, unusable: readonly string[]): string {
  if (unusable.some((why) => why.includes('passphrase'))) {
    return 'Set ssh_private_key_passphrase, or add the key to an SSH agent (ssh-add).'
  }
  if (tried === 0) return 'Set ssh_private_key_file or ssh_password, or start an SSH agent.'
  return 'Check ssh_user, and that one of these keys stands in its authorized_keys on the host.'
}
