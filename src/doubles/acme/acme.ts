import type { Answer } from '../answer.ts'
import { type Call, type Command, type Double, defineDouble } from '../double.ts'
import { authorityOf } from './acme-authority.ts'
import { answerOf, json } from './acme-message.ts'
import { finalize, newOrder, showAuthorization, showCertificate, showOrder, validate } from './acme-orders.ts'
import { type AcmeRequest, addressOf, newNonce, readRequest, urlOption } from './acme-request.ts'
import { type Acme, acmeState, refuseWith } from './acme-state.ts'

const cites =
  "RFC 8555 (ACME), with the challenge dns-01 alone; texts of its problems as Let's Encrypt's Boulder and Pebble have them"

/**
 * The directory behind `acme-api`: each of its resources is a command, whose operand is the id that stands in the path. The
 * signed request is standard input; it prints the answer as `curl -i` would, and a problem to standard error.
 */
export const acme: Double = defineDouble({
  name: 'acme',
  cites,
  state: acmeState,
  refuse: () => ({ exit: 64, stderr: 'usage: acme RESOURCE [--url URL] [ID] <request\n' }),
  commands: {
    directory: { options: urlOption, run: directory },
    newNonce: {
      run: ({ state }) => answerOf({ status: 200, headers: { 'Replay-Nonce': newNonce(state) }, body: '' }),
    },
    /** The certificate that clients have to trust. */
    root: { run: ({ state, host }) => ({ stdout: authorityOf(state, host.now).root.cert }) },
    /** How long certificates that are issued from now on are good for: days, or with a unit `90d`, `12h`, `30m`, `40s`. */
    lifetime: { run: setLifetime },
    newAccount: signed(newAccount),
    newOrder: signed(newOrder),
    order: signed(showOrder),
    authorization: signed(showAuthorization),
    challenge: signed((request, { host }) => validate(request, host)),
    finalize: signed(finalize),
    certificate: signed(showCertificate),
  },
})

function signed(run: (request: AcmeRequest, call: Call<Acme>) => Answer | Promise<Answer>): Command<Acme> {
  return { options: urlOption, reads: true, run: (call) => run(readRequest(call), call) }
}

const unitSeconds: Readonly<Record<string, number>> = { d: 86_400, h: 3600, m: 60, s: 1 }

function setLifetime({ state, operands: [lifetime = ''] }: Call<Acme>): Answer {
  const [, count, unit = 'd'] = /^(\d+(?:\.\d+)?)([dhms])?$/.exec(lifetime) ?? []
  const seconds = Number(count ?? 0) * (unitSeconds[unit] ?? 0)
  if (!(seconds >= 1))
    refuseWith('malformed', 'acme lifetime DAYS, or a number with a unit: 90d, 12h, 30m, 40s')
  state.days = seconds / 86_400
  return {}
}

function directory(call: Call<Acme>): Answer {
  const url = (path: string): string => new URL(path, addressOf(call)).href
  return json(200, {
    newNonce: url('/nonce'),
    newAccount: url('/new-acct'),
    newOrder: url('/new-order'),
    meta: {
      termsOfService: 'data:text/plain,none',
      website: 'https://datatracker.ietf.org/doc/html/rfc8555',
    },
  })
}

function newAccount({ state, account, key, payload, url }: AcmeRequest): Answer {
  const isKnown = state.accounts[account] !== undefined
  if (!isKnown && payload?.['onlyReturnExisting'] === true)
    refuseWith('accountDoesNotExist', 'No account exists with the provided key')
  if (!isKnown && payload?.['termsOfServiceAgreed'] !== true)
    refuseWith('agreementRequired', 'Provided account did not agree to the terms of service')
  state.accounts[account] ??= key
  const body = { status: 'valid', contact: payload?.['contact'] ?? [] }
  return json(isKnown ? 200 : 201, body, { Location: url(`/acct/${account}`) })
}
