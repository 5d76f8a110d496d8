/** What one host was waited for: a flight of frames, or its connection. Times are of `performance.now()`. */
export interface FlightRecord {
  readonly host: string
  readonly kind: 'connect' | 'flight' | 'upload' | 'download' | 'stream'
  /** As whom, where that is another user than the one who logged in. */
  readonly as?: string
  readonly startMs: number
  readonly endMs: number
  readonly frames: number
  /** Of the scripts or the content that was sent; without the protocol's own. */
  readonly bytes: number
}
