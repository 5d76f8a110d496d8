import { readdir, realpath } from 'node:fs/promises'
import { setTimeout } from 'node:timers/promises'
import type { Completion, CompletionRequest } from './requests.ts'

/** A shell whose line stands still after the tab key seems broken. */
const patience = 1000

/**
 * Words a shell may offer. None for a project that is broken, or that takes longer to read than so many
 * milliseconds. Nothing of the project is executed.
 */
export async function complete(
  request: CompletionRequest,
  patienceMs = patience,
): Promise<readonly Completion[]> {
  const late = new AbortController()
  const nothing = setTimeout(patienceMs, [], { signal: late.signal, ref: false }).catch(() => [])
  try {
    return await Promise.race([words(request).catch(() => []), nothing])
  } finally {
    late.abort()
  }
}

// Each loads only what it needs: most of the time goes into starting up.
async function words(request: CompletionRequest): Promise<readonly Completion[]> {
  switch (request.of) {
    case 'hosts':
      return hostsAndGroups(request)
    case 'tags':
      return tags(request)
    case 'modules':
      return modules()
    case 'functions':
      return functions()
    case 'lab-hosts':
      return labHosts()
    case 'roles':
      return roles()
  }
}

async function hostsAndGroups({ hosts }: CompletionRequest): Promise<readonly Completion[]> {
  const [{ loadInventory }, { inventoriesOf }, { groupsOfHosts }] = await Promise.all([
    import('#load/load-project.ts'),
    import('./inventories-of.ts'),
    import('./completed-hosts.ts'),
  ])
  const inventories = inventoriesOf(hosts)
  const { inventory } = await loadInventory({
    playbooks: [],
    inventories,
    cwd: process.cwd(),
    programs: 'skip',
  })
  return groupsOfHosts(inventory)
}

async function tags({ playbooks }: CompletionRequest): Promise<readonly Completion[]> {
  const [{ loadProject }, { tagsUsed }] = await Promise.all([
    import('#load/load-project.ts'),
    import('#compile/tags-used.ts'),
  ])
  const { project } = await loadProject({ playbooks, inventories: [], cwd: process.cwd() })
  return tagsUsed(project).map((value) => ({ value, description: '' }))
}

async function modules(): Promise<readonly Completion[]> {
  const { catalogueHere } = await import('./catalogue-here.ts')
  const catalogue = catalogueHere()
  return [...new Set(catalogue.names())].sort().map((value) => {
    const name = catalogue.canonical(value)
    return { value, description: name === undefined || name === value ? '' : `the same as ${name}` }
  })
}

async function functions(): Promise<readonly Completion[]> {
  const { functionReference } = await import('#lang/function-reference.ts')
  return functionReference().map(({ name, summary }) => ({ value: name, description: summary }))
}

async function roles(): Promise<readonly Completion[]> {
  const { rolesHere } = await import('./find-scenarios.ts')
  return rolesHere().map((value) => ({ value, description: '' }))
}

async function labHosts(): Promise<readonly Completion[]> {
  const [{ findLab }, { readState }] = await Promise.all([
    import('#lab/lab-plan.ts'),
    import('#lab/lab-state.ts'),
  ])
  const project = await realpath(process.cwd())
  const labs = await readdir('.tsplay/lab')
  const states = await Promise.all(labs.map((lab) => readState(findLab(project, lab).state)))
  return states.flatMap((state) =>
    (state?.plan.hosts ?? []).map(({ name, groups }) => ({ value: name, description: groups.join(', ') })),
  )
}
