import { realpath } from 'node:fs/promises'
import { relative } from 'node:path'
import { padEnd } from '#base/display-width.ts'
import type { Terminal } from '#base/terminal.ts'
import { bringUp } from '#lab/bring-up.ts'
import { doubleFiles } from '#lab/double-files.ts'
import { type LabPlan, planLab } from '#lab/lab-plan.ts'
import { simpleSpec } from '#lab/lab-spec.ts'
import { type LabHostStatus, labStatus } from '#lab/lab-status.ts'
import { openShell } from '#lab/open-shell.ts'
import { takeDown } from '#lab/take-down.ts'
import { HostError } from '#model/host-error.ts'
import { controlDoubles } from './lab-doubles.ts'
import { labSpec } from './lab-spec.ts'
import type { LabRequest, Outcome } from './requests.ts'

const done: Outcome = { exitReason: 'done' }

/** `tsplay lab`: throwaway hosts of the project in the working folder. */
export async function controlLab(
  request: LabRequest,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<Outcome> {
  try {
    if (request.action === 'up') return await up(request, terminal, signal)
    return await onLab(await planOf(request.lab), request, terminal)
  } catch (error) {
    if (signal.aborted) return { exitReason: 'interrupted' }
    if (!(error instanceof HostError)) throw error
    for (const line of errorLines(error)) terminal.notice(line)
    return { exitReason: 'failed' }
  }
}

async function onLab(
  plan: LabPlan,
  request: Exclude<LabRequest, { action: 'up' }>,
  terminal: Terminal,
): Promise<Outcome> {
  if (request.action === 'down') return down(plan, terminal)
  if (request.action === 'status') return status(plan, request.format, terminal)
  if (request.action === 'ssh') return shell(plan, request, terminal)
  return (await lackingHost(plan, request.host, terminal)) ?? controlDoubles(plan, request, terminal)
}

/** The lab of that name in this project; hosts play no part in where it lies. */
const planOf = async (name: string): Promise<LabPlan> => planLab(await projectFolder(), simpleSpec(name, []))

const projectFolder = (): Promise<string> => realpath(process.cwd())

async function up(
  request: Extract<LabRequest, { action: 'up' }>,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<Outcome> {
  const spec = await labSpec(request, terminal)
  if ('exitReason' in spec) return spec
  const plan = planLab(await projectFolder(), spec)
  const wasUp = (await labStatus(plan))?.every(({ ssh }) => ssh === 'ready') ?? false
  const start = performance.now()
  await bringUp(plan, {
    report: ({ step }) => terminal.notice(`${step} …`),
    signal,
    filesFor: (host) => doubleFiles(host, spec.real),
  })
  const seconds = ((performance.now() - start) / 1000).toFixed(1)
  const inventory = relative(plan.project, `${plan.folder}/inventory.yml`)
  terminal.stdout.write(statusTable((await labStatus(plan)) ?? []))
  const said = wasUp ? 'The lab was up already.' : `The lab is up after ${seconds} s.`
  terminal.notice(`${said} Its inventory: ${inventory}`)
  return done
}

async function down(plan: LabPlan, terminal: Terminal): Promise<Outcome> {
  await takeDown(plan)
  terminal.notice(`The lab "${plan.spec.name}" is down; nothing of it is left.`)
  return done
}

async function status(plan: LabPlan, format: 'text' | 'json', terminal: Terminal): Promise<Outcome> {
  const hosts = await labStatus(plan)
  if (format === 'json')
    terminal.stdout.write(`${JSON.stringify({ lab: plan.spec.name, hosts: hosts ?? [] })}\n`)
  else if (hosts) terminal.stdout.write(statusTable(hosts))
  else terminal.notice(`There is no lab "${plan.spec.name}" in this folder. Start one with tsplay lab up.`)
  return done
}

async function shell(
  plan: LabPlan,
  { host, command }: Extract<LabRequest, { action: 'ssh' }>,
  terminal: Terminal,
): Promise<Outcome> {
  const lacking = await lackingHost(plan, host, terminal)
  if (lacking) return lacking
  const code = await openShell(plan, host, command)
  if (code === 0) return done
  return { exitReason: code === 255 ? 'unreachable' : 'failed' }
}

/** How it ends, told to the terminal, when the lab has no such host. */
async function lackingHost(plan: LabPlan, host: string, terminal: Terminal): Promise<Outcome | undefined> {
  const hosts = (await labStatus(plan))?.map(({ name }) => name)
  if (hosts?.includes(host)) return undefined
  const have = hosts ? `It has ${hosts.join(', ')}.` : 'It is not up.'
  terminal.notice(`The lab "${plan.spec.name}" has no host "${host}". ${have}`)
  return { exitReason: 'usage' }
}

function errorLines({ message, details }: HostError): string[] {
  return [`error: ${message}`, ...(details.stderr ?? '').split('\n').slice(-20), details.remedy ?? ''].filter(
    Boolean,
  )
}

const titles = ['HOST', 'GROUPS', 'ADDRESS', 'IN THE LAB', 'SSH', 'PID', 'UP', 'MEMORY']

function statusTable(hosts: readonly LabHostStatus[]): string {
  const rows = [titles, ...hosts.map(statusRow)]
  const widths = titles.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const lines = rows.map((row) =>
    row
      .map((cell, column) => padEnd(cell, widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
  return `${lines.join('\n')}\n`
}

function statusRow(host: LabHostStatus): string[] {
  return [
    host.name,
    host.groups.join(','),
    `${host.endpoint.address}:${host.endpoint.port}`,
    host.address,
    host.ssh,
    host.pid === undefined ? '-' : String(host.pid),
    host.uptimeMs === undefined ? '-' : `${Math.round(host.uptimeMs / 1000)} s`,
    host.memoryBytes === undefined ? '-' : `${(host.memoryBytes / 1e6).toFixed(0)} MB`,
  ]
}
