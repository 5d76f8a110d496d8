import { isList } from '#lang/kind-of.ts'
import { UndefinedName } from '#model/evaluation-error.ts'
import { textOf } from './arguments.ts'
import { BadArgument, type FunctionDefinition } from './function-definition.ts'
import { password } from './password.ts'

/** What the machine tsplay runs on can be asked. */
export const controllerFunctions: readonly FunctionDefinition[] = [
  {
    name: 'env',
    signature: 'env(name, fallback?)',
    summary:
      'Gives an environment variable of tsplay itself; the fallback, or empty text, when it is not set.',
    example: ["env('NO_SUCH_VARIABLE', 'none')", 'none'],
    call: ([name, fallback], { lookup }) => lookup.controller.env(textOf(name)) ?? fallback ?? '',
  },
  {
    name: 'file',
    signature: 'file(path)',
    summary: 'Gives the text of a file on the controller, without the line ends at its end.',
    example: ["file('files/motd')"],
    call: ([path], { lookup }) => lookup.controller.readFile(textOf(path)).replace(/[\r\n]+$/, ''),
  },
  {
    name: 'fileglob',
    signature: 'fileglob(pattern)',
    summary: 'Gives the files on the controller that match a pattern.',
    example: ["fileglob('files/*.conf')"],
    call: ([pattern], { lookup }) => [...lookup.controller.glob(textOf(pattern))],
  },
  {
    name: 'first_found',
    signature: 'first_found(path, more…)',
    summary: 'Gives the first of several paths that exists on the controller; undefined when none does.',
    example: ["first_found(['files/web01.conf', 'files/default.conf'])"],
    call: (args, { lookup }) => {
      const paths = args.flatMap((arg) => (isList(arg) ? arg : [arg])).map(textOf)
      const found = paths.find((path) => lookup.controller.exists(path))
      if (found !== undefined) return found
      throw new UndefinedName('first_found', `None of these files exists: ${paths.join(', ')}.`)
    },
  },
  {
    name: 'pipe',
    signature: 'pipe(command)',
    summary:
      'Runs a command on the controller with `sh -c` and gives its output without line ends at its end.',
    example: ["pipe('git rev-parse HEAD')"],
    call: ([command], { lookup }) => lookup.controller.pipe(textOf(command)).replace(/[\r\n]+$/, ''),
  },
  {
    name: 'password',
    signature: 'password(path, length?, characters?)',
    summary:
      'Gives the password in a file on the controller as a secret; makes a random one of 20 letters and digits first when there is none.',
    example: ["password('secrets/db')"],
    call: ([path, length, characters], { lookup }) => {
      if (path === undefined) throw new BadArgument('A path is needed.')
      return password(lookup.controller, textOf(path), { length, characters })
    },
  },
]
