import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { at, type Fields, fieldsOf, listOf, textOf, textsOf } from '../json.ts'
import { type Incoming, type Outgoing, sendRequest } from '../send-request.ts'
import { challengeText, encode, writeJws } from './jws.ts'

/** An account at a directory of ACME. */
export interface AcmeAccess {
  readonly directory: string
  /** P-256. */
  readonly key: KeyObject
  readonly trust: Pick<Outgoing, 'ca' | 'isUnchecked'>
}

/** Puts the text of a challenge where the directory looks for it, and takes it away. */
export interface Solver {
  present(name: string, text: string): Promise<void>
  cleanUp(name: string, text: string): Promise<void>
}

/** One client for one account (RFC 8555). What the directory refuses is an Error with its own words. */
export class AcmeClient {
  readonly #access: AcmeAccess
  readonly #jwk: JsonWebKey
  #urls: Fields = {}
  #nonce = ''
  #account = ''

  constructor(access: AcmeAccess) {
    this.#access = access
    this.#jwk = createPublicKey(access.key).export({ format: 'jwk' })
  }

  /** Gives the account's address; makes the account when it is not there. */
  async register(email: string): Promise<string> {
    const { directory, trust } = this.#access
    this.#urls = parsed(await this.#sent({ method: 'GET', url: directory, ...trust }))
    const contact = email === '' ? [] : [`mailto:${email}`]
    const answer = await this.#post(textOf(this.#urls['newAccount']), { termsOfServiceAgreed: true, contact })
    this.#account = answer.headers['location'] ?? ''
    return this.#account
  }

  /** The chain for a request (DER in base64url), as PEM; each name is proved by `dns-01`. */
  async issue(names: readonly string[], csr: string, solver: Solver): Promise<string> {
    const identifiers = names.map((value) => ({ type: 'dns', value }))
    const made = await this.#post(textOf(this.#urls['newOrder']), { identifiers })
    const order = made.headers['location'] ?? ''
    for (const url of textsOf(parsed(made)['authorizations'])) await this.#prove(url, solver)
    await this.#post(textOf(parsed(made)['finalize']), { csr: encode(Buffer.from(csr, 'base64')) })
    const done = await this.#until(order, 'valid')
    return (await this.#post(textOf(done['certificate']))).body
  }

  async #prove(url: string, { present, cleanUp }: Solver): Promise<void> {
    const authorization = parsed(await this.#post(url))
    if (authorization['status'] === 'valid') return
    const challenge = listOf(authorization['challenges']).find((one) => at(one, 'type') === 'dns-01')
    const name = textOf(at(authorization, 'identifier', 'value'))
    const text = challengeText(textOf(at(challenge, 'token')), this.#jwk)
    await present(name, text)
    try {
      await this.#post(textOf(at(challenge, 'url')), {})
      await this.#until(url, 'valid')
    } finally {
      await cleanUp(name, text)
    }
  }

  async #until(url: string, wanted: string): Promise<Fields> {
    for (;;) {
      const found = parsed(await this.#post(url))
      if (found['status'] === wanted) return found
      if (found['status'] === 'invalid') throw new Error(problemIn(found))
      await sleep(100)
    }
  }

  /** A POST-as-GET without a payload. A nonce that is too old brings a new one, with which it is tried once more. */
  async #post(url: string, payload?: Fields, isAgain = false): Promise<Incoming> {
    if (this.#nonce === '')
      await this.#sent({ method: 'HEAD', url: textOf(this.#urls['newNonce']), ...this.#access.trust })
    const header = {
      url,
      nonce: this.#nonce,
      ...(this.#account ? { kid: this.#account } : { jwk: this.#jwk }),
    }
    const answer = await sendRequest({
      method: 'POST',
      url,
      headers: { 'Content-Type': 'application/jose+json' },
      body: writeJws(header, payload, this.#access.key),
      ...this.#access.trust,
    })
    this.#nonce = answer.headers['replay-nonce'] ?? ''
    if (answer.status < 400) return answer
    const problem = parsed(answer)
    if (!isAgain && textOf(problem['type']).endsWith(':badNonce')) return this.#post(url, payload, true)
    throw new Error(`${answer.status} ${textOf(problem['type'])}: ${textOf(problem['detail'])}`)
  }

  async #sent(request: Outgoing): Promise<Incoming> {
    const answer = await sendRequest(request)
    this.#nonce = answer.headers['replay-nonce'] ?? this.#nonce
    if (answer.status < 400) return answer
    throw new Error(`${answer.status} from ${request.url}`)
  }
}

function parsed({ body }: Incoming): Fields {
  const value: unknown = JSON.parse(body || '{}')
  return fieldsOf(value)
}

/** Of an authorization that failed: its challenge knows why. */
function problemIn(found: Fields): string {
  const all = [found, ...listOf(found['challenges'])].map((one) => at(one, 'error'))
  const problem = all.find((one) => one !== undefined)
  return `${textOf(at(problem, 'type'))}: ${textOf(at(problem, 'detail'))}`
}
