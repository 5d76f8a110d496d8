/** A stack of folders that hosts share, the topmost first. */
export interface HostBase {
  /** Changes with whatever is in it. */
  readonly key: string
  /** Lines of a sources.list for its release. */
  readonly sources: string
  readonly roots: readonly string[]
}
