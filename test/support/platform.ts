import { execFile } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { parse, stringify } from 'yaml'
import { findLab } from '#lab/lab-plan.ts'
import { runCommand } from '#lab/run-command.ts'
import { withoutChance } from './chance.ts'
import type { JsonEvent, JsonRecap } from './tsplay.ts'

// The whole platform on throwaway hosts, by the commands that its users type.

const root = join(import.meta.dirname, '../..')
const call = promisify(execFile)

/** What Debian's packages cost is seen elsewhere: they are in a layer, which is made once for all hosts that need it. */
const layered = { 'control-node': ['docker'], 'docker-host': ['docker'] }
const layers = {
  tools: { packages: ['curl', 'git', 'jq', 'unzip'] },
  docker: { packages: ['docker.io', 'git', 'jq', 'unzip', 'curl'] },
}
const settings = [
  '-e',
  '{"control_node_packages": [git, docker.io, curl, jq, unzip]}',
  '-e',
  '{"k8s_node_runtime_packages": []}',
  '-e',
  JSON.stringify({ control_node_tsplay: root }),
]

export interface Ended {
  readonly code: number
  readonly text: string
}

export interface PlatformRun {
  readonly code: number
  readonly recap: JsonRecap
  readonly events: readonly JsonEvent[]
  /** `host: task` of what changed, or would. */
  readonly changed: readonly string[]
  /** What its tasks said, a line each. */
  readonly said: string
  /** What failed, or all that was said; empty after a success. */
  readonly text: string
}

export interface Platform {
  /** A project of its own, so that its runs are not recorded in ours; the inventory finds the lab beside itself. */
  readonly project: string
  /** Where its hosts' files are kept: `<host>/upper` has what a host's image has not. */
  readonly hosts: string
  /** Runs tsplay in the project; what it prints is kept for those who have to find out why. */
  tsplay(...words: readonly string[]): Promise<Ended>
  up(): Promise<Ended>
  down(): Promise<Ended>
  play(playbook: string, ...options: readonly string[]): Promise<PlatformRun>
  /** What a shell of root prints on a host. */
  on(host: string, script: string): Promise<string>
  remove(): Promise<void>
}

/** Writes the project; its lab is not up yet. */
export async function makePlatform(): Promise<Platform> {
  const project = await mkdtemp(join(tmpdir(), 'tsplay-platform-'))
  await cp(join(root, 'inventory'), join(project, 'inventory'), { recursive: true, verbatimSymlinks: true })
  for (const folder of ['playbooks', 'roles', 'lab']) await symlink(join(root, folder), join(project, folder))
  await writeFile(join(project, 'lab.yml'), await labText())
  const tsplay = (...words: readonly string[]) => run(project, words)
  return {
    project,
    hosts: join(findLab(project, 'platform').state, 'hosts'),
    tsplay,
    up: () => tsplay('lab', 'up', '--lab', 'platform'),
    down: () => tsplay('lab', 'down', '--lab', 'platform'),
    play: async (playbook, ...options) => played(await run(project, playWords(playbook, options))),
    async on(host, script) {
      const config = join(project, '.tsplay/lab/platform/ssh_config')
      const ssh = ['ssh', '-F', config, '-o', 'BatchMode=yes', host]
      return (await runCommand([...ssh, 'sudo', 'sh'], { input: script })).trim()
    },
    remove: () => rm(project, { recursive: true }),
  }
}

async function labText(): Promise<string> {
  const lab = parse(await readFile(join(root, 'lab-platform.yml'), 'utf8'))
  for (const [name, host] of Object.entries<Record<string, unknown>>(lab.hosts)) {
    if (!['pve', 'internet'].includes(name))
      host['layers'] = Object.hasOwn(layered, name) ? ['docker'] : ['tools']
  }
  return stringify({ ...lab, layers: { ...lab.layers, ...layers }, packages: ['kubernetes-client'] })
}

function run(project: string, words: readonly string[]): Promise<Ended> {
  const options = { cwd: project, maxBuffer: 64 * 2 ** 20 }
  return call(join(root, 'bin/tsplay'), words, options).then(
    ({ stdout, stderr }) => ({ code: 0, text: stdout + stderr }),
    (error: { code: number; stdout: string; stderr: string }) => ({
      code: error.code,
      text: error.stdout + error.stderr,
    }),
  )
}

const playWords = (playbook: string, options: readonly string[]): readonly string[] => [
  'run',
  `playbooks/${playbook}.yml`,
  '-i',
  'inventory/lab',
  ...settings,
  '--output',
  'json',
  ...options,
]

function played({ code, text }: Ended): PlatformRun {
  const events: JsonEvent[] = text
    .trimEnd()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))
  const recap = events.find((event): event is JsonRecap => event.type === 'recap')
  if (!recap) throw new Error(`It ended with ${code} and no recap:\n${text.slice(-4000)}`)
  const tasks = events.filter(({ type, changed }) => type === 'task' && changed)
  const failed = events.filter(({ status }) => status === 'failed').map((event) => JSON.stringify(event))
  return {
    code,
    recap,
    events,
    changed: tasks.map(({ host, task }) => `${host}: ${task}`),
    said: events.flatMap(({ msg }) => (typeof msg === 'string' ? [msg] : [])).join('\n'),
    text: code === 0 ? '' : failed.join('\n') || text,
  }
}

/** What modules tell of the moment: how often they looked, processes, hours, what a server drew for one request. */
const momentary =
  /^(attempts|MainPID|date|elapsed|change_id|uid|resourceVersion|managedFields|machineID|podCIDRs?|.*Timestamp(Monotonic)?)$/

/** For `toldByHost`: the same for all that chance and the hour may make of it. */
export function settledTelling(key: string, value: unknown): unknown {
  if (momentary.test(key)) return undefined
  return typeof value === 'string' ? withoutChance(value) : value
}
