import { type Answer, lines } from './answer.ts'
import { readCalls } from './calls.ts'
import { type Fault, faultsState, isFault } from './faults.ts'
import { DoubleHost } from './host.ts'
import { lockedFaults } from './lock.ts'
import { doublePrograms } from './programs.ts'
import { writeWrappers } from './wrapper.ts'

/** `programs`, `install FOLDER PROGRAM…`, `calls`, `faults`, `fault JSON`, `clear PROGRAM WORD…`: what `tsplay lab` runs on a host. */
export async function controlDoubles(root: string, [verb = '', ...args]: readonly string[]): Promise<Answer> {
  if (verb === 'programs') return { stdout: lines(Object.values(doublePrograms).flat()) }
  if (verb === 'install') {
    const [folder = '.', ...programs] = args
    await writeWrappers(folder, { node: process.execPath, file: process.argv[1] ?? '', root }, programs)
    return {}
  }
  if (verb === 'calls') return { stdout: await readCalls(new DoubleHost(root).folder) }
  return lockedFaults(root, async () => {
    const { store } = new DoubleHost(root)
    const state = await store.open(faultsState)
    if (verb === 'faults') return { stdout: lines(state.faults.map((fault) => JSON.stringify(fault))) }
    if (verb === 'fault') state.faults = [...state.faults.filter(isOther(args[0])), readFault(args[0])]
    else if (verb === 'clear') state.faults = state.faults.filter((fault) => !isMeant(fault, args))
    else return { exit: 64, stderr: `There is nothing called "${verb}".\n` }
    await store.save()
    return {}
  })
}

/** A new fault takes the place of an older one for the same calls. */
function isOther(text: string | undefined): (fault: Fault) => boolean {
  const { program, words = [] } = readFault(text)
  return (fault) => !(isMeant(fault, [program, ...words]) && (fault.words ?? []).length === words.length)
}

const isMeant = (fault: Fault, [program, ...words]: readonly string[]): boolean =>
  fault.program === program && words.every((word, index) => fault.words?.[index] === word)

function readFault(text = ''): Fault {
  const fault: unknown = JSON.parse(text)
  if (!isFault(fault)) throw new Error(`Not a fault: ${text}`)
  return fault
}
