/** `die` and `raise` of Proxmox' Perl: ends a call with a message and perhaps an exit code of its own. */
export class ApiError extends Error {
  readonly exit: number

  constructor(message: string, exit = 255) {
    super(message)
    this.name = 'ApiError'
    this.exit = exit
  }
}

export function die(message: string, exit?: number): never {
  throw new ApiError(message, exit)
}

/** PVE/Exception.pm `raise_param_exc`. */
export const dieOfParameters = (errors: Readonly<Record<string, string>>): never =>
  die(
    [
      '400 Parameter verification failed.',
      ...Object.entries(errors).map(([name, why]) => `${name}: ${why}`),
    ].join('\n'),
  )
