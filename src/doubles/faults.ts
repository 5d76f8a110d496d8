import { hasKeys, type StateKind } from './store.ts'

/** How a program shall misbehave. With `exit`, `stdout` or `stderr` the double itself is not asked. */
export interface Fault {
  readonly program: string
  /** Only calls whose first words these are; all calls when absent. */
  readonly words?: readonly string[]
  readonly exit?: number
  readonly stdout?: string
  readonly stderr?: string
  readonly delayMs?: number
  /** Never answers. */
  readonly hang?: boolean
  /** For so many calls; for all when absent. */
  readonly times?: number
}

export interface Faults {
  faults: Fault[]
}

export const faultsState: StateKind<Faults> = {
  family: 'faults',
  isOpen: true,
  initial: () => ({ faults: [] }),
  isState: (value): value is Faults =>
    hasKeys(value, 'faults') &&
    'faults' in value &&
    Array.isArray(value.faults) &&
    value.faults.every(isFault),
}

export function isFault(value: unknown): value is Fault {
  return hasKeys(value, 'program') && 'program' in value && typeof value.program === 'string'
}

/** Gives the first fault that fits a call and counts the call. */
export function takeFault(state: Faults, program: string, args: readonly string[]): Fault | undefined {
  const found = state.faults.find((fault) => fits(fault, program, args))
  if (!found) return undefined
  const left = found.times === undefined ? found : { ...found, times: found.times - 1 }
  state.faults = state.faults.flatMap((fault) => {
    if (fault !== found) return [fault]
    return left.times === 0 ? [] : [left]
  })
  return found
}

const fits = (fault: Fault, program: string, args: readonly string[]): boolean =>
  fault.program === program && (fault.words ?? []).every((word, index) => args[index] === word)

/** Whether a fault answers in the double's place. */
export const replaces = (fault: Fault): boolean =>
  fault.exit !== undefined || fault.stdout !== undefined || fault.stderr !== undefined
