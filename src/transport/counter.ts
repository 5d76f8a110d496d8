import type { TrafficCount } from '#model/transport.ts'

/** The counts of one connection, while they grow. */
export type Counter = { -readonly [K in keyof TrafficCount]: TrafficCount[K] } & {
  /** Milliseconds. */
  quickestAnswer?: number
}

export function newCounter(): Counter {
  return { flights: 0, frames: 0, bytesSent: 0, bytesReceived: 0 }
}
