import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import type { TestSshd } from './sshd.ts'
import { type RunningTsplay, startTsplay, type TsplayEnd } from './tsplay.ts'

/** A project folder whose hosts are reached through real SSH servers on loopback. */
export interface SshProject {
  readonly folder: string
  /** Where host `name` keeps its files; its variable `root`. */
  root(name: string): string
  /** Writes files of the project; objects become JSON, which is YAML. */
  files(files: Readonly<Record<string, unknown>>): Promise<void>
  /** Runs `tsplay` in the project, with JSON events. */
  run(...args: string[]): Promise<TsplayEnd>
  /** Runs `tsplay` in the project as a person would. */
  text(...args: string[]): Promise<TsplayEnd>
  start(...args: string[]): RunningTsplay
  /** The text of an inventory that reaches one more host through another server; its `root` is made. */
  inventoryFor(server: TestSshd, host: string, vars?: Readonly<Record<string, unknown>>): Promise<unknown>
  remove(): Promise<void>
}

export interface SshHost {
  /** The port of another way to the server: a proxy's. */
  readonly port?: number
  readonly user?: string
  readonly vars?: Readonly<Record<string, unknown>>
}

export interface SshProjectOptions {
  readonly server: TestSshd
  readonly hosts: Readonly<Record<string, SshHost>>
  readonly groups?: Readonly<Record<string, unknown>>
  readonly vars?: Readonly<Record<string, unknown>>
  readonly files?: Readonly<Record<string, unknown>>
}

/** The hosts share this machine's files; each has a folder of its own as `root`. */
export async function makeSshProject(options: SshProjectOptions): Promise<SshProject> {
  const folder = await mkdtemp(join(tmpdir(), 'tsplay-e2e-'))
  const root = (name: string) => join(folder, 'hosts', name)
  const files = async (texts: Readonly<Record<string, unknown>>) => {
    for (const [name, content] of Object.entries(texts)) {
      const path = join(folder, name)
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, typeof content === 'string' ? content : `${JSON.stringify(content, null, 2)}\n`)
    }
  }
  await files({
    'inventory.yml': inventoryOf(options, folder),
    known_hosts: await knownHosts(options),
    ...options.files,
  })
  for (const name of Object.keys(options.hosts)) await mkdir(root(name), { recursive: true })
  const started = new Set<RunningTsplay>()
  const start = (...args: string[]) => {
    const running = startTsplay(args, { cwd: folder })
    started.add(running)
    void running.end.then(() => started.delete(running))
    return running
  }
  return {
    folder,
    root,
    files,
    start,
    text: (...args) => start(...args).end,
    run: (command = '', ...args) => start(command, '--output', 'json', ...args).end,
    inventoryFor: async (server, host, vars = {}) => {
      await mkdir(root(host), { recursive: true })
      const known = { ssh_known_hosts: server.knownHostsFile }
      return inventoryOf({ server, hosts: { [host]: { vars: { ...known, ...vars } } } }, folder)
    },
    remove: async () => {
      // Only a test that failed leaves any.
      for (const { process: child } of started) child.kill('SIGKILL')
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** The server's keys under the ports of all ways to it. */
async function knownHosts({ server, hosts }: SshProjectOptions): Promise<string> {
  const text = await readFile(server.knownHostsFile, 'utf8')
  const ports = new Set([server.port, ...Object.values(hosts).map(({ port }) => port ?? server.port)])
  return [...ports].map((port) => text.replaceAll(`:${server.port} `, `:${port} `)).join('')
}

function inventoryOf({ server, hosts, groups, vars }: SshProjectOptions, folder: string) {
  const entries = Object.entries(hosts).map(([name, host]) => [
    name,
    {
      ssh_port: host.port ?? server.port,
      ...(host.user === undefined ? {} : { ssh_user: host.user }),
      ...(vars && 'root' in vars ? {} : { root: join(folder, 'hosts', name) }),
      ...host.vars,
    },
  ])
  return {
    all: {
      vars: {
        ssh_host: '127.0.0.1',
        ssh_user: userInfo().username,
        ssh_private_key_file: server.keyFile,
        ssh_known_hosts: join(folder, 'known_hosts'),
        ssh_config_file: '/dev/null',
        shared_address: true,
        ...vars,
      },
      hosts: Object.fromEntries(entries),
      ...(groups ? { children: groups } : {}),
    },
  }
}
