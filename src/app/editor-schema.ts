import type { Terminal } from '#base/terminal.ts'
import { inventorySchema } from '#compile/editor/inventory-schema.ts'
import { playbookSchema } from '#compile/editor/playbook-schema.ts'
import { scheduleSchema } from '#model/schedule-schema.ts'
import { catalogueHere, everyModule } from './catalogue-here.ts'
import { modulePrefixes } from './module-catalogue.ts'
import type { Outcome, SchemaRequest } from './requests.ts'

/** `tsplay schema`: what editors check files with, the modules of the project's roles included. */
export async function editorSchema(
  { of }: SchemaRequest,
  terminal: Terminal,
  _signal: AbortSignal,
): Promise<Outcome> {
  const schema =
    of === 'schedules' ? scheduleSchema : of === 'inventory' ? inventorySchema() : await playbooks(terminal)
  terminal.stdout.write(`${JSON.stringify(schema, undefined, 2)}\n`)
  return { exitReason: 'done' }
}

async function playbooks(terminal: Terminal): Promise<unknown> {
  const catalogue = catalogueHere()
  const modules = await everyModule(catalogue, (name, error) => {
    const reason = error instanceof Error ? error.message : String(error)
    terminal.notice(`warning: The module "${name}" of a role cannot be loaded: ${reason}`)
  })
  const known = new Set(modules.map(({ name }) => name))
  const names = [...new Set(catalogue.names())].sort().flatMap((name) => {
    const own = catalogue.canonical(name)
    return own !== undefined && known.has(own) ? [[name, own] as const] : []
  })
  return playbookSchema(modules, { canonical: new Map(names), prefixes: modulePrefixes })
}
