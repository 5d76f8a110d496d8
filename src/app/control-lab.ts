import { realpath } from 'node:fs/promises'
import { relative } from 'node:path'
import type { Terminal } from '#base/terminal.ts'
import { bringUp } from '#lab/bring-up.ts'
import { doubleFiles } from '#lab/double-files.ts'
import { labLog } from '#lab/lab-log.ts'
import { findLab, type LabPlan, planLab } from '#lab/lab-plan.ts'
import { labStatus } from '#lab/lab-status.ts'
import { openShell } from '#lab/open-shell.ts'
import { takeDown } from '#lab/take-down.ts'
import { HostError } from '#model/host-error.ts'
import { controlDoubles } from './lab-doubles.ts'
import { execOnLab } from './lab-exec.ts'
import { changeDisk, changePower, stepClock } from './lab-host-faults.ts'
import { refuseHosts } from './lab-hosts.ts'
import { controlImages } from './lab-images.ts'
import { changeRoad } from './lab-road.ts'
import { labSpec } from './lab-spec.ts'
import { statusTable } from './lab-table.ts'
import type { LabRequest, Outcome } from './requests.ts'

const done: Outcome = { exitReason: 'done' }

/** `tsplay lab`: throwaway hosts of the project in the working folder. */
export async function controlLab(
  request: LabRequest,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<Outcome> {
  try {
    return await carryOut(request, terminal, signal)
  } catch (error) {
    if (signal.aborted) return { exitReason: 'interrupted' }
    if (!(error instanceof HostError)) throw error
    for (const line of errorLines(error)) terminal.notice(line)
    return { exitReason: 'failed' }
  }
}

async function carryOut(request: LabRequest, terminal: Terminal, signal: AbortSignal): Promise<Outcome> {
  if (request.action === 'up') return await up(request, terminal, signal)
  if (request.action === 'image') return await controlImages(request, terminal, signal)
  const plan = await planOf(request.lab)
  switch (request.action) {
    case 'down':
      return await down(plan, terminal)
    case 'status':
      return await status(plan, request.format, terminal)
    case 'ssh':
      return await shell(plan, request, terminal)
    case 'exec':
      return await execOnLab(plan, request.words, terminal)
    case 'logs':
      return await logs(plan, request.host, terminal)
    case 'reset':
    case 'reboot':
    case 'kill':
    case 'freeze':
    case 'thaw':
      return await changePower(plan, request, terminal, signal)
    default:
      return await changeHost(plan, request, terminal, signal)
  }
}

type HostRequest = Extract<LabRequest, { action: 'road' | 'fill' | 'clock' | 'fault' | 'calls' }>

async function changeHost(
  plan: LabPlan,
  request: HostRequest,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<Outcome> {
  const wrong = await refuseHosts(plan, [request.host], terminal)
  if (wrong) return wrong
  switch (request.action) {
    case 'road':
      return changeRoad(plan, request, terminal)
    case 'fill':
      return changeDisk(plan, request, terminal)
    case 'clock':
      return stepClock(plan, request, terminal, signal)
    case 'fault':
    case 'calls':
      return controlDoubles(plan, request, terminal)
  }
}

/** The lab of that name in this project; hosts play no part in where it lies. */
const planOf = async (name: string): Promise<LabPlan> => findLab(await projectFolder(), name)

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
    filesFor: (host, image) => doubleFiles(host, { image, real: spec.real }),
    ...(request.backend && { backend: request.backend }),
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
  const wrong = await refuseHosts(plan, [host], terminal)
  if (wrong) return wrong
  const code = await openShell(plan, host, command)
  if (code === 0) return done
  return { exitReason: code === 255 ? 'unreachable' : 'failed' }
}

async function logs(plan: LabPlan, host: string | undefined, terminal: Terminal): Promise<Outcome> {
  const wrong = await refuseHosts(plan, host === undefined ? [] : [host], terminal)
  if (wrong) return wrong
  terminal.stdout.write(await labLog(plan, host))
  return done
}

function errorLines({ message, details }: HostError): string[] {
  return [`error: ${message}`, ...(details.stderr ?? '').split('\n').slice(-20), details.remedy ?? ''].filter(
    Boolean,
  )
}
