import ssh2, {
  type IdentityCallback,
  type OpenSSHAgent,
  type ParsedKey,
  type SignCallback,
  type SigningRequestOptions,
} from 'ssh2'

/** An agent that shows one of its keys only, so that keys are tried in our order and no others are. */
export class AgentKey extends ssh2.BaseAgent<ParsedKey> {
  readonly #agent: OpenSSHAgent
  readonly #key: ParsedKey

  constructor(socketPath: string, key: ParsedKey) {
    super()
    this.#agent = new ssh2.OpenSSHAgent(socketPath)
    this.#key = key
  }

  override getIdentities(done: IdentityCallback<ParsedKey>): void {
    done(undefined, [this.#key])
  }

  override sign(
    key: ParsedKey,
    data: Buffer,
    options: SigningRequestOptions | SignCallback,
    done?: SignCallback,
  ): void {
    if (typeof options === 'function') this.#agent.sign(key, data, {}, options)
    else this.#agent.sign(key, data, options, done)
  }
}
