import { createHash } from 'node:crypto'
import { type Answer, lines } from './answer.ts'
import { type Call, type Double, defineDouble } from './double.ts'
import type { Problem } from './options.ts'
import { hasKeys, type StateKind } from './store.ts'

interface Message {
  readonly id: string
  readonly from: string
  readonly to: readonly string[]
  readonly bytes: number
  /** Milliseconds since 1970. */
  readonly at: number
}

interface Mail {
  queue: Message[]
}

const mail: StateKind<Mail> = {
  family: 'mail',
  initial: () => ({ queue: [] }),
  isState: (value): value is Mail => hasKeys(value, 'queue'),
}

const cites = 'Postfix 3.7: sendmail(1), mailq(1), src/postqueue/showq_compat.c'

/** EX_USAGE of sysexits.h, as Postfix' sendmail ends. */
const refuseOf =
  (program: string) =>
  (problem: Problem): Answer => {
    const option = 'option' in problem ? problem.option : ''
    return { exit: 64, stderr: `${program}: fatal: usage: ${program} [options] (not ${option})\n` }
  }

/** Takes a message from standard input and keeps it for ever: a lab delivers nothing. */
export const sendmail = defineDouble({
  name: 'sendmail',
  cites,
  state: mail,
  refuse: refuseOf('sendmail'),
  commands: {
    '': {
      options: { '-f -r': 'value', '-i -oi': 'flag', '-t': 'flag', '-F': 'value' },
      reads: true,
      run: ({ options, operands, state, host, input: text }) => {
        const to = options.has('t') ? [...operands, ...recipients(text)] : operands
        if (to.length === 0)
          return { exit: 64, stderr: 'sendmail: fatal: Recipient addresses must be specified\n' }
        const id = createHash('sha1').update(`${host.now} ${state.queue.length}`).digest('hex')
        state.queue.push({
          id: id.slice(0, 10).toUpperCase(),
          from: options.text('f') ?? 'root',
          to,
          bytes: Buffer.byteLength(text),
          at: host.now,
        })
        return {}
      },
    },
  },
})

/** Addresses of the header `To`, for `-t`. */
const recipients = (text: string): string[] =>
  (/^To:(.*)$/im.exec(text.split('\n\n')[0] ?? '')?.[1] ?? '')
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '')

/** Lists what `sendmail` took. */
export const mailq = defineDouble({
  name: 'mailq',
  cites,
  state: mail,
  refuse: refuseOf('mailq'),
  commands: { '': { run: showQueue } },
})

function showQueue({ state }: Call<Mail>): Answer {
  if (state.queue.length === 0) return { stdout: 'Mail queue is empty\n' }
  const total = state.queue.reduce((sum, { bytes }) => sum + bytes, 0)
  return {
    stdout: lines([
      '-Queue ID-  --Size-- ----Arrival Time---- -Sender/Recipient-------',
      ...state.queue.flatMap(entryLines),
      `-- ${Math.ceil(total / 1024)} Kbytes in ${state.queue.length} Request${state.queue.length === 1 ? '' : 's'}.`,
    ]),
  }
}

function entryLines({ id, bytes, at, from, to }: Message): string[] {
  // "Sun Nov 29 00:41:53 2026" without the year, as asctime(3) writes it.
  const time = new Date(at).toUTCString().replace(/^(\w+), (\d+) (\w+) \d+ ([\d:]+).*$/, '$1 $3 $2 $4')
  return [
    `${id.padEnd(11)} ${String(bytes).padStart(8)} ${time}  ${from}`,
    ...to.map((address) => `${' '.repeat(41)}${address}`),
    '',
  ]
}

export const mailDoubles: readonly Double[] = [mailq, sendmail]
