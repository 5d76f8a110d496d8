import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, expect, test } from 'vitest'

const run = promisify(execFile)
const scratch = mkdtempSync(join(tmpdir(), 'tsplay-parity-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

const project = resolve('test/projects/parity')
const counters = ['ok', 'changed', 'failed', 'skipped', 'rescued', 'ignored'] as const
type Counts = Record<(typeof counters)[number], number>

/**
 * Playbooks whose text means the same in both languages, run by both tools into folders of their own, twice:
 * the trees and the counts must be the same.
 */
test.each([
  ['files', 0],
  ['lines', 0],
  ['flow', 1],
  ['handlers', 0],
])(
  'leaves the same tree and counts as Ansible: %s.yml, twice',
  async (name, includes) => {
    const ours = folder(name, 'tsplay')
    const theirs = folder(name, 'ansible')
    for (const round of ['first', 'second']) {
      const [mine, reference] = await Promise.all([runTsplay(name, ours), runAnsible(name, theirs)])
      // Ansible counts an include itself as ok; tsplay counts what it includes.
      expect(mine, `${round} run`).toEqual({ ...reference, ok: reference.ok - includes })
      expect(treeOf(ours), `tree after the ${round} run`).toEqual(treeOf(theirs))
    }
  },
  // Ansible takes minutes on a busy machine.
  600_000,
)

function folder(name: string, tool: string): string {
  const root = join(scratch, `${name}-${tool}`)
  mkdirSync(root)
  writeFileSync(
    `${root}.yml`,
    JSON.stringify({ all: { hosts: { here: { ansible_connection: 'local', root } } } }),
  )
  return root
}

async function runTsplay(name: string, root: string): Promise<Counts> {
  const args = ['run', join(project, `${name}.yml`), '-i', `${root}.yml`, '--output', 'json']
  const { stdout } = await run(resolve('bin/tsplay'), args, { cwd: scratch, maxBuffer: 1e8 })
  const recap = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')
  return countsOf(recap.hosts.here)
}

async function runAnsible(name: string, root: string): Promise<Counts> {
  const env = {
    ...process.env,
    ANSIBLE_STDOUT_CALLBACK: 'default',
    ANSIBLE_NOCOLOR: '1',
    ANSIBLE_LOCALHOST_WARNING: 'false',
    ANSIBLE_PYTHON_INTERPRETER: '/usr/bin/python3',
    ANSIBLE_HOME: join(scratch, 'ansible-home'),
    LC_ALL: 'C.UTF-8',
  }
  const args = ['-i', `${root}.yml`, join(project, `${name}.yml`)]
  const { stdout } = await run('ansible-playbook', args, { cwd: scratch, env, maxBuffer: 1e8 })
  return countsOf(recapOf(stdout))
}

/** The last line, `here : ok=3 changed=1 …`: ansible-core alone has no output that is made for programs. */
function recapOf(stdout: string): Record<string, number> {
  const [, counts] = /^here\s+: (ok=.*)$/m.exec(stdout) ?? []
  if (counts === undefined) throw new Error(`Ansible gave no recap:\n${stdout}`)
  const pairs = [...counts.matchAll(/(\w+)=(\d+)/g)]
  return Object.fromEntries(pairs.map(([, name, count]) => [name, Number(count)]))
}

function countsOf(counts: Record<string, number>): Counts {
  return Object.fromEntries(counters.map((name) => [name, counts[name] ?? 0])) as Counts
}

function treeOf(root: string, below = ''): readonly string[] {
  const entries = readdirSync(join(root, below)).sort()
  return entries.flatMap((name) => {
    const path = join(below, name)
    const stat = lstatSync(join(root, path))
    if (stat.isSymbolicLink()) return [`${path} -> ${readlinkSync(join(root, path)).replace(root, 'ROOT')}`]
    const mode = (stat.mode & 0o7777).toString(8)
    if (stat.isDirectory()) return [`${path}/ ${mode}`, ...treeOf(root, path)]
    const content = readFileSync(join(root, path))
    const sum = createHash('sha256').update(content).digest('hex').slice(0, 12)
    return [`${path} ${mode} ${stat.nlink} ${sum} ${content.length < 400 ? content.toString() : ''}`]
  })
}
