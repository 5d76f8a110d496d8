import { nearest } from '#base/did-you-mean.ts'
import type { Terminal } from '#base/terminal.ts'
import { engineAction } from '#compile/bind-modules.ts'
import { type FunctionEntry, functionReference } from '#lang/function-reference.ts'
import { yamlCodec } from '#load/yaml-codec.ts'
import { UsageError } from '#model/usage-error.ts'
import { listText, type ModulePage, modulePageText } from '#report/module-page.ts'
import { createStyle, type Style } from '#report/style.ts'
import { jsonText } from '#report/value-text.ts'
import type { ModuleDefinition, ModuleExample } from '#sdk/module.ts'
import { catalogueHere, everyModule } from './catalogue-here.ts'
import { type Described, describedRole, describedRoles } from './describe-roles.ts'
import { explainedUsage } from './explained-usage.ts'
import type { DocRequest, Outcome } from './requests.ts'

/** `tsplay doc`: modules, functions of expressions, or roles; the list of all, or the page of one. */
export async function describeModules(
  { show, format }: DocRequest,
  terminal: Terminal,
  _signal: AbortSignal,
): Promise<Outcome> {
  return explainedUsage(terminal, async () => {
    const style = createStyle(terminal.color)
    const described = await describe(show, terminal)
    terminal.stdout.write(format === 'json' ? `${jsonText(described.data, 2)}\n` : described.text(style))
    return { exitReason: 'done' }
  })
}

async function describe(show: DocRequest['show'], terminal: Terminal): Promise<Described> {
  if (show.kind === 'functions') return describedFunctions()
  if (show.kind === 'roles') return describedRoles()
  if (show.kind === 'role') return describedRole(show.name)
  return show.kind === 'modules' ? allModules(terminal) : oneModule(show.name)
}

async function allModules(terminal: Terminal): Promise<Described> {
  const modules = await everyModule(catalogueHere(), (name, error) => {
    const reason = error instanceof Error ? error.message : String(error)
    terminal.notice(`warning: The module "${name}" of a role cannot be loaded: ${reason}`)
  })
  const rows = modules.map(({ name, definition: { summary, aliases = [] } }) => ({ name, summary, aliases }))
  return { data: rows, text: (style) => listText(rows, style) }
}

async function oneModule(written: string): Promise<Described> {
  const catalogue = catalogueHere()
  const name = catalogue.canonical(written)
  if (name === undefined) throw unknownModule(written, catalogue.names())
  await catalogue.load([name])
  const definition = catalogue.module(name)
  return {
    data: moduleData(name, definition),
    text: (style) => modulePageText(page(name, definition), style),
  }
}

function unknownModule(name: string, names: Iterable<string>): UsageError {
  if (engineAction(name)) {
    return new UsageError(
      `"${name}" is part of the language and no module; it means what it means in Ansible.`,
    )
  }
  const near = nearest(name, names) ?? nearest(name.slice(name.lastIndexOf('.') + 1), names)
  return new UsageError(`There is no module "${name}".`, {
    remedy: near === undefined ? 'Run `tsplay doc` to see all modules.' : `Did you mean "${near}"?`,
  })
}

/** Field names are those of the events: snake_case. */
function moduleData(name: string, definition: ModuleDefinition): unknown {
  const { summary, description, aliases = [], args, examples, freeForm, argumentAliases = {} } = definition
  return {
    name,
    summary,
    description,
    aliases,
    args,
    free_form: freeForm,
    argument_aliases: argumentAliases,
    settles: typeof definition.settles === 'function' ? undefined : definition.settles !== false,
    examples,
  }
}

function page(name: string, { settles, examples, ...definition }: ModuleDefinition): ModulePage {
  return {
    ...definition,
    name,
    settles: settles !== false,
    examples: examples.map(({ title, args }) => ({ title, yaml: exampleTask(name, { title, args }) })),
  }
}

function exampleTask(name: string, { title, args }: ModuleExample): string {
  const none = typeof args === 'object' && args !== null && Object.keys(args).length === 0
  return yamlCodec.stringify([{ name: title, [name]: none ? null : args }]).replace(/: null\n$/, ':\n')
}

function describedFunctions(): Described {
  const functions = functionReference()
  const groups = [...new Set(functions.map(({ group }) => group))]
  const ofGroup = (group: string) => functions.filter((one) => one.group === group)
  return {
    data: functions,
    text: (style) =>
      groups
        .map(
          (group) =>
            `${style.bold(group)}\n${ofGroup(group)
              .map((one) => functionText(one, style))
              .join('')}`,
        )
        .join('\n'),
  }
}

/** `  upper(text)`, what it does, and an example. */
function functionText({ signature, summary, example }: FunctionEntry, style: Style): string {
  const gives = 'gives' in example ? `  →  ${jsonText(example.gives)}` : ''
  return `  ${style.cyan(signature)}\n      ${summary}\n      ${style.dim(`${example.cel}${gives}`)}\n`
}
