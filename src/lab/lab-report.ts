/** Told what a lab is doing, while it does it. `slow` marks steps of more than a few seconds. */
export type LabReport = (progress: { readonly step: string; readonly slow?: boolean }) => void

/** For work that takes long: who hears of it, and who may end it. */
export interface WorkContext {
  readonly report: LabReport
  readonly signal?: AbortSignal
}
