import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { findRestorePoint, listedPoints } from '#backups/find-restore-point.ts'
import {
  parseRestorePoint,
  registryFolder,
  restorePointText as registryText,
} from '#backups/restore-point-text.ts'
import type { Terminal } from '#base/terminal.ts'
import { readRegistry } from '#history/restore-registry.ts'
import type { RestorePoint } from '#model/restore-point.ts'
import { UsageError } from '#model/usage-error.ts'
import { durationText } from '#report/duration-text.ts'
import { restorePointTable, restorePointText } from '#report/restore-point-table.ts'
import { createStyle } from '#report/style.ts'
import { explainedUsage } from './explained-usage.ts'
import { replaceFile } from './replace-file.ts'
import type { Outcome, RunRequest } from './requests.ts'
import type { RestoreRequest } from './restore-request.ts'
import { runPlaybook } from './run-playbook.ts'
import { stateFolder } from './state-folder.ts'

type Wish<Action> = Extract<RestoreRequest, { action: Action }>

/** `tsplay restore`: what can be restored, and how to bring it back. */
export async function controlRestore(
  request: RestoreRequest,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<Outcome> {
  return explainedUsage(terminal, async () => {
    const points = listedPoints(await pointsHere(), request.filter)
    if (request.action === 'list') return list(request, points, terminal)
    const point = findRestorePoint(points, request.point)
    if (request.action === 'run') return await restore(request, point, { terminal, signal })
    const text =
      request.format === 'json' ? `${JSON.stringify(point)}\n` : restorePointText(point, Date.now())
    terminal.stdout.write(text)
    return { exitReason: 'done' }
  })
}

async function pointsHere(): Promise<readonly RestorePoint[]> {
  const files = await readRegistry(join(stateFolder(), registryFolder))
  return files.map(({ path, text }) => {
    const point = parseRestorePoint(text)
    if (point) return point
    throw new UsageError(`${path} is damaged.`, { remedy: 'Remove it, or put back what it said.' })
  })
}

function list({ format }: Wish<'list'>, points: readonly RestorePoint[], terminal: Terminal): Outcome {
  if (format === 'json') terminal.stdout.write(points.map((point) => `${JSON.stringify(point)}\n`).join(''))
  else if (points.length === 0) terminal.notice('No restore point is recorded here that matches.')
  else terminal.stdout.write(restorePointTable(points, Date.now(), createStyle(terminal.color)))
  return { exitReason: 'done' }
}

interface Scene {
  readonly terminal: Terminal
  readonly signal: AbortSignal
}

/** Shows the point and the plan, asks, and restores: nothing is touched before a person or `--yes` has said so. */
async function restore(
  request: Wish<'run'>,
  point: RestorePoint,
  { terminal, signal }: Scene,
): Promise<Outcome> {
  const { output, yes, planOnly } = request
  if (!yes && !planOnly && !terminal.canAsk) {
    throw new UsageError('Restoring asks first, and nobody can answer here.', {
      remedy: 'Give --yes to restore, or --plan to see what would be done.',
    })
  }
  const run = runOf(request, point)
  if (output.format === 'text' && !output.quiet) terminal.stdout.write(restorePointText(point, Date.now()))
  if (planOnly || !yes) {
    const planned = await runPlaybook({ ...run, command: 'plan', mode: 'check' }, terminal, signal)
    if (planOnly || planned.exitReason !== 'done') return planned
    if (!(await isWanted(point, terminal))) return { exitReason: 'interrupted' }
  }
  return await restoreNow(run, point, { terminal, signal })
}

async function isWanted({ subject, host }: RestorePoint, terminal: Terminal): Promise<boolean> {
  const answer = await terminal.ask(`Restore ${subject} of ${host} like this? [y/N] `)
  if (/^y(?:es)?$/i.test(answer?.trim() ?? '')) return true
  terminal.notice('Nothing was changed.')
  return false
}

async function restoreNow(
  run: RunRequest,
  point: RestorePoint,
  { terminal, signal }: Scene,
): Promise<Outcome> {
  const begin = performance.now()
  const outcome = await runPlaybook(run, terminal, signal)
  const took = performance.now() - begin
  if (outcome.exitReason === 'done') {
    await remember(point.id, took)
    terminal.notice(`${point.id} was restored in ${durationText(took)}.`)
  }
  return outcome
}

function runOf(request: Wish<'run'>, point: RestorePoint): RunRequest {
  const { hosts, variables, connection, output } = request
  const playbook = request.playbook ?? `playbooks/restore-${point.kind}.yml`
  if (!existsSync(playbook)) {
    throw new UsageError(`There is no playbook "${playbook}" to restore "${point.kind}" with.`, {
      remedy: 'Name one with --playbook.',
    })
  }
  return {
    command: 'run',
    mode: 'apply',
    playbooks: [playbook],
    hosts: { ...hosts, limit: hosts.limit ?? point.host },
    variables: {
      ...variables,
      extraVars: [JSON.stringify({ restore_point: point }), ...variables.extraVars],
    },
    connection,
    output,
    tags: [],
    skipTags: [],
    step: false,
    forceHandlers: false,
    pending: 'ask',
    pendingExitCode: false,
  }
}

/** The playbook may have written to the record too, so it is read again. */
async function remember(id: string, milliseconds: number): Promise<void> {
  const point = (await pointsHere()).find((one) => one.id === id)
  if (!point) return
  const recoverySeconds = Math.round(milliseconds / 100) / 10
  const text = registryText({ ...point, recoverySeconds, recoveredAt: Date.now() })
  await replaceFile(join(stateFolder(), registryFolder, `${id}.json`), text, 0o600)
}
