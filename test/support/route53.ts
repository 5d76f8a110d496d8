import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Answer } from '#doubles/answer.ts'
import { controlDoubles } from '#doubles/control-doubles.ts'
import type { Fault } from '#doubles/faults.ts'
import { route53 } from '#doubles/route53/route53.ts'
import { serveRoute53 } from '#doubles/route53/route53-api.ts'
import { accountFile } from '#doubles/route53/route53-state.ts'
import { runDouble } from '#doubles/run-double.ts'
import { listeningPort } from './listening-port.ts'

export interface Route53Service {
  /** Where the double's files lie. */
  readonly root: string
  readonly endpoint: string
  /** Calls the double as its HTTP front does; words are parted by blanks. */
  call(line: string, input?: string): Promise<Answer>
  /** As `tsplay lab fault HOST …` does. */
  fault(fault: Partial<Fault>): Promise<unknown>
  /** Ends all faults. */
  clear(): Promise<unknown>
  close(): Promise<void>
}

export const labZone = { id: 'Z0LAB', name: 'example.com' }

/** Route53's double with one zone and one key (`lab`, `lab`), behind its HTTP front on a free port. */
export async function startRoute53(): Promise<Route53Service> {
  const root = await mkdtemp(join(tmpdir(), 'tsplay-route53-'))
  await mkdir(dirname(join(root, accountFile)), { recursive: true })
  const account = { zones: { [labZone.id]: labZone.name }, keys: { lab: 'lab' } }
  await writeFile(join(root, accountFile), JSON.stringify(account))
  const server = await serveRoute53(root, { address: '127.0.0.1', port: 0 })
  return {
    root,
    endpoint: `http://127.0.0.1:${listeningPort(server)}`,
    call: (line, input = '') => runDouble(route53, root, line.split(' '), input),
    fault: (fault) =>
      controlDoubles(root, ['fault', JSON.stringify({ program: 'route53', exit: 254, ...fault })]),
    clear: () => controlDoubles(root, ['clear', 'route53']),
    async close() {
      server.close()
      server.closeAllConnections()
      await rm(root, { recursive: true })
    },
  }
}
