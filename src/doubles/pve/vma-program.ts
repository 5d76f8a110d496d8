import { readFile } from 'node:fs/promises'
import { type Answer, Refusal } from '#doubles/answer.ts'
import { type Call, defineDouble } from '#doubles/double.ts'
import { type Pve, pveState } from './pve-state.ts'
import { readVmaHead, VmaError, type VmaHead, verifyVma } from './vma-reader.ts'

const usage = `usage: vma command [command options]

vma list <filename>
vma config <filename> [-c <config>]
vma create <filename> [-c <config>] [-d format=<format>:<device name>=<path> [-d ...]]
vma extract <filename> [-d <drive-list>] [-r <fifo>] <targetdir>
vma verify <filename> [-v]
`

const help: Answer = { exit: 1, stdout: usage }

/**
 * `vma list|config|verify FILE`, FILE `-` for standard input; an archive that is compressed is none. What is wrong is
 * fatal: GLib's `g_error` says it and ends the process by SIGTRAP, which a shell sees as 133.
 */
export const vma = defineDouble<Pve>({
  name: 'vma',
  cites: 'pve-qemu 10.1: vma.c, vma-reader.c, vma_spec.txt; GLib, g_error() and g_log_default_handler()',
  state: pveState,
  // It has no part in the host's state, and may wait for what is written to it.
  isConcurrent: true,
  refuse: () => help,
  commands: {
    list: { options: { '-h': 'flag' }, run: (call) => answer(call, readVmaHead, contents) },
    config: {
      options: { '-h': 'flag', '-c': 'value' },
      run: (call) => answer(call, readVmaHead, (head) => configOf(head, call.options.text('c'))),
    },
    verify: {
      options: { '-h': 'flag', '-v': 'flag' },
      run: (call) =>
        answer(call, verifyVma, (head) => (call.options.has('v') ? contents(head) : { stdout: '' })),
    },
  },
})

async function answer(
  { options, operands, host }: Call<Pve>,
  read: (archive: Buffer) => VmaHead,
  show: (head: VmaHead) => Answer,
): Promise<Answer> {
  const [file] = operands
  if (options.has('h') || file === undefined || operands.length !== 1) return help
  const archive = await (file === '-' ? host.stdinBytes() : readFile(host.path(file))).catch(
    (error: unknown) => fatal(`can't open file ${file} - ${noSuchFile(error)}\n`),
  )
  try {
    return show(read(archive))
  } catch (error) {
    if (!(error instanceof VmaError)) throw error
    // What was found while the header was read stands alone: `vma.c`, verify_content().
    return fatal(read === verifyVma && isSound(archive) ? `verify failed - ${error.message}` : error.message)
  }
}

function isSound(archive: Buffer): boolean {
  try {
    return readVmaHead(archive).end > 0
  } catch (error) {
    if (error instanceof VmaError) return false
    throw error
  }
}

const noSuchFile = (error: unknown): string => {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 'No such file or directory'
  throw error
}

function fatal(message: string): never {
  const time = new Date().toISOString().slice(11, 23)
  throw new Refusal({ exit: 133, stderr: `\n** (process:${process.pid}): ERROR **: ${time}: ${message}\n` })
}

/** `vma.c`, print_content(). */
function contents({ config, numbered, createdAt }: VmaHead): Answer {
  const devices = [...numbered].map(
    ([number, { name, bytes }]) => `DEV: dev_id=${number} size: ${bytes} devname: ${name}\n`,
  )
  const size = Buffer.byteLength(config)
  return {
    stdout: `CFG: size: ${size} name: qemu-server.conf\n${devices.join('')}CTIME: ${ctime(createdAt)}\n`,
  }
}

/** ctime(3), in UTC. */
function ctime(seconds: number): string {
  const [day, date, month, year, time] = new Date(seconds * 1000).toUTCString().replace(',', '').split(' ')
  return `${day} ${month} ${String(Number(date)).padStart(2)} ${time} ${year}`
}

function configOf({ config }: VmaHead, name = 'qemu-server.conf'): Answer {
  if (name === 'qemu-server.conf') return { stdout: config }
  return { exit: 255, stderr: `unable to find configuration data '${name}'\n` }
}
