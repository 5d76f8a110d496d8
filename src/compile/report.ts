import { nearest } from '#base/did-you-mean.ts'
import type { Diagnostic, DiagnosticCode } from '#model/diagnostic.ts'
import type { SourceRange } from '#model/source.ts'

export interface Finding {
  readonly code: DiagnosticCode
  readonly message: string
  readonly range?: SourceRange | undefined
  readonly remedy?: string | undefined
  readonly severity?: Diagnostic['severity']
  readonly related?: Diagnostic['related']
}

/** Collects what is wrong. Saying the same thing about the same place twice counts once. */
export class Report {
  readonly #found = new Map<string, Diagnostic>()

  add(finding: Finding): void {
    this.addAll([
      {
        code: finding.code,
        severity: finding.severity ?? 'error',
        message: finding.message,
        ...(finding.remedy !== undefined && { remedy: finding.remedy }),
        ...(finding.range && { range: finding.range }),
        ...(finding.related && { related: finding.related }),
      },
    ])
  }

  addAll(diagnostics: readonly Diagnostic[]): void {
    for (const one of diagnostics) {
      const place = one.range && `${one.range.file}:${one.range.start.offset}`
      const key = `${place} ${one.code} ${one.message}`
      if (!this.#found.has(key)) this.#found.set(key, one)
    }
  }

  get hasErrors(): boolean {
    return [...this.#found.values()].some((one) => one.severity === 'error')
  }

  /** By file, then line; what has no place comes first. */
  sorted(): readonly Diagnostic[] {
    return [...this.#found.values()].sort(byPlace)
  }
}

function byPlace(a: Diagnostic, b: Diagnostic): number {
  if (!a.range || !b.range) return Number(a.range !== undefined) - Number(b.range !== undefined)
  if (a.range.file !== b.range.file) return a.range.file < b.range.file ? -1 : 1
  return a.range.start.offset - b.range.start.offset
}

/** `Did you mean "name"?`, when something is near enough. */
export function didYouMean(word: string, candidates: Iterable<string>): string | undefined {
  const best = nearest(word, candidates)
  return best === undefined ? undefined : `Did you mean "${best}"?`
}
