import { type Answer, Refusal } from '../answer.ts'
import type { Double } from '../double.ts'
import type { DoubleHost } from '../host.ts'
import { type Fields, fieldsOf } from '../json.ts'
import { Options, parseOptions } from '../options.ts'
import { defaultConfig, readConfig } from './containerd-config.ts'
import { containerdVersion } from './containerd-version.ts'
import { ctr } from './ctr.ts'
import { serveContainerd } from './running-containerd.ts'
import { writeToml } from './toml.ts'

const cites =
  'containerd 1.6.20 of Debian 12: containerd --help, https://github.com/containerd/containerd/blob/v1.6.20/docs/man/containerd-config.toml.5.md; compared with it'

/** The daemon, as far as its configuration, its socket and its state as a service go. */
export const containerd: Double = {
  name: 'containerd',
  cites,
  answer: (host, args) =>
    answer(host, args).catch((error: unknown) => {
      if (error instanceof Refusal) return error.answer
      throw error
    }),
}

const options = {
  '--config -c': 'value',
  '--address -a': 'value',
  '--root': 'value',
  '--state': 'value',
  '--log-level -l': 'value',
  '--version -v': 'flag',
} as const

async function answer(host: DoubleHost, args: readonly string[]): Promise<Answer> {
  const given = parseOptions(options, args)
  if (!(given instanceof Options)) {
    const option = 'option' in given ? given.option.replace(/^--?/, '-') : ''
    const why =
      given.kind === 'missing-value'
        ? `flag needs an argument: ${option}`
        : `flag provided but not defined: ${option}`
    return { exit: 1, stdout: `Incorrect Usage. ${why}\n\n`, stderr: `containerd: ${why}\n` }
  }
  if (given.has('version'))
    return {
      stdout: `containerd github.com/containerd/containerd ${containerdVersion} ${containerdVersion}-1+deb12u3\n`,
    }
  const [command, word] = given.operands
  if (command === 'config') return configCommand(host, given, word)
  if (command !== undefined && command !== '') return { exit: 3, stderr: `No help topic for '${command}'\n` }
  await serveContainerd(host, configOf(host, given))
  return {}
}

function configCommand(host: DoubleHost, given: Options, word: string | undefined): Answer {
  if (word === 'default') return { stdout: writeToml(defaultConfig()) }
  if (word === 'dump') return { stdout: writeToml(configOf(host, given)) }
  return word === undefined
    ? { stdout: 'NAME:\n   containerd config - information on the containerd config\n' }
    : { exit: 3, stderr: `No help topic for '${word}'\n` }
}

/** What the command line says counts more than the file. */
function configOf(host: DoubleHost, given: Options): Fields {
  const config = readConfig(host, given.text('config'))
  const [address, root, state] = ['address', 'root', 'state'].map((name) => given.text(name))
  return {
    ...config,
    ...(root === undefined ? {} : { root }),
    ...(state === undefined ? {} : { state }),
    ...(address === undefined ? {} : { grpc: { ...fieldsOf(config['grpc']), address } }),
  }
}

export const containerdDoubles: readonly Double[] = [containerd, ctr]
