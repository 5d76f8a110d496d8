import { hostFacts } from '#facts/host-facts.ts'
import { t } from '#sdk/args.ts'
import { globTest } from '#sdk/glob-test.ts'
import { defineModule, TaskFailure } from '#sdk/module.ts'

/** Ansible's words for kinds of facts, and the facts they mean here. */
const subsets: Readonly<Record<string, readonly string[]>> = {
  all: hostFacts.common,
  min: [
    'os',
    'hostname',
    'fqdn',
    'architecture',
    'service_manager',
    'package_manager',
    'date_time',
    'env',
    'python',
    'local',
  ],
  hardware: ['memory', 'cpu', 'mounts', 'disks', 'boot_time'],
  network: ['network'],
  virtual: ['virtualization'],
  distribution: ['os'],
  facter: [],
  ohai: [],
}

export default defineModule({
  summary: 'Reads facts about a host.',
  description: '`facts.…` reads what a play needs by itself; this module shows facts, or fetches them ahead.',
  args: t.Args({
    gather_subset: t.Optional(
      t.Strings({
        description:
          'Facts, or kinds of them: `all`, `min`, `hardware`, `network`, `virtual`; `!` in front leaves them out.',
        default: ['all'],
      }),
    ),
    filter: t.Optional(
      t.Strings({ description: 'Show only facts whose name matches one of these patterns.', default: [] }),
    ),
    gather_timeout: t.Optional(
      t.Integer({
        description: "Accepted for Ansible's sake; `timeout` of the task limits it.",
        default: 10,
      }),
    ),
    fact_path: t.Optional(
      t.Path({
        description: "Accepted for Ansible's sake: facts of the host's owner are read from facts.d.",
      }),
    ),
  }),
  examples: [
    { title: 'All that is commonly of interest', args: {} },
    { title: 'Only the network', args: { gather_subset: ['network'] } },
  ],

  async probe({ args, host }) {
    const names = namesFor(args.gather_subset ?? ['all'], args.filter ?? [])
    const values = await Promise.all(
      names.map(async (name) => {
        const fact = hostFacts.facts.get(name)
        return [name, fact && (await host.fact(fact))] as const
      }),
    )
    return Object.fromEntries(values)
  },
  plan: () => [],
  result: ({ state }) => ({ data: { facts: state } }),
})

function namesFor(subset: readonly string[], filter: readonly string[]): readonly string[] {
  const wanted = subset.filter((word) => !word.startsWith('!'))
  const unwanted = new Set(
    subset.filter((word) => word.startsWith('!')).flatMap((word) => factsOf(word.slice(1))),
  )
  const names = (wanted.length > 0 ? wanted : ['all']).flatMap(factsOf)
  const tests = filter.map((pattern) => globTest(pattern.replace(/^ansible_/, '')))
  // A pattern may ask for the long lists, too.
  const pool = tests.length > 0 && wanted.includes('all') ? [...hostFacts.facts.keys()] : names
  return [...new Set(pool)].filter(
    (name) => !unwanted.has(name) && (tests.length === 0 || tests.some((test) => test(name))),
  )
}

function factsOf(word: string): readonly string[] {
  const known = subsets[word]
  if (known) return known
  if (hostFacts.facts.has(word)) return [word]
  throw new TaskFailure(
    `There is no fact ${word}. These are there: ${[...hostFacts.facts.keys()].sort().join(', ')}.`,
  )
}
