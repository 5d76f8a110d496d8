import { at, fieldsOf, numberOf, textOf } from '../json.ts'
import { ApiStatus } from './api-status.ts'

interface Fault {
  readonly method: string
  readonly path: RegExp
  readonly query: RegExp
  readonly code: number
  readonly reason: string
  readonly message: string
  times: number
}

/** Failures to order: `POST /double/faults {method, path, query, code, reason, message, times}`. */
export class Faults {
  readonly #faults: Fault[] = []

  add(order: unknown): void {
    this.#faults.push({
      method: textOf(at(order, 'method')) || '*',
      path: new RegExp(textOf(at(order, 'path')) || '.'),
      query: new RegExp(textOf(at(order, 'query'))),
      code: numberOf(fieldsOf(order)['code'], 500),
      reason: textOf(at(order, 'reason')) || 'InternalError',
      message: textOf(at(order, 'message')) || 'ordered to fail',
      times: numberOf(fieldsOf(order)['times'], 1),
    })
  }

  /** Throws what was ordered for this request. */
  check(method: string, { pathname, search }: URL): void {
    const due = this.#faults.find(
      (fault) =>
        fault.times > 0 &&
        ['*', method].includes(fault.method) &&
        fault.path.test(pathname) &&
        fault.query.test(search),
    )
    if (!due) return
    due.times -= 1
    throw new ApiStatus(due.code, due.reason, due.message)
  }
}
