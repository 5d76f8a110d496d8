import { defineFact } from '#sdk/fact.ts'

export interface Cpu {
  /** Logical processors that can be used. */
  readonly count: number
  /** Physical cores; as many as `count` where the kernel does not say. */
  readonly cores: number
  readonly sockets: number
  readonly model: string
}

export default defineFact<Cpu>({
  name: 'cpu',
  summary: 'Processors, cores and model.',
  script: 'cat /proc/cpuinfo',
  reads: [{ kind: 'platform' }],
  parse({ stdout }) {
    const processors = stdout
      .split(/\n\n+/)
      .map(fieldsOf)
      .filter((fields) => fields.has('processor'))
    const cores = new Set(processors.map(coreOf).filter((core) => core !== undefined))
    const sockets = new Set(processors.map((fields) => fields.get('physical id') ?? '0'))
    const first = processors[0]
    return {
      count: processors.length,
      cores: cores.size || processors.length,
      sockets: Math.max(1, sockets.size),
      model: first?.get('model name') ?? fieldsOf(stdout).get('Model') ?? '',
    }
  },
})

function fieldsOf(block: string): ReadonlyMap<string, string> {
  return new Map(
    block
      .split('\n')
      .filter((line) => line.includes(':'))
      .map((line) => {
        const [name = '', ...value] = line.split(':')
        return [name.trim(), value.join(':').trim()]
      }),
  )
}

/** x86 names both; ARM kernels name neither. */
function coreOf(fields: ReadonlyMap<string, string>): string | undefined {
  const core = fields.get('core id')
  return core === undefined ? undefined : `${fields.get('physical id') ?? '0'}/${core}`
}
