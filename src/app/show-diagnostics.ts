import { Redactor } from '#base/redactor.ts'
import type { Terminal } from '#base/terminal.ts'
import { diagnosticsText } from '#report/diagnostics.ts'
import { createStyle } from '#report/style.ts'
import type { OpenProject } from './open-project.ts'

interface Shown extends Pick<OpenProject, 'diagnostics' | 'secrets'> {
  readonly project: Pick<OpenProject['project'], 'sources'>
}

/** Writes what is wrong with a project to stderr, for commands that have no events. */
export function showDiagnostics({ project, diagnostics, secrets }: Shown, terminal: Terminal): void {
  const redactor = new Redactor()
  for (const secret of secrets) redactor.add(secret.reveal())
  const text = diagnosticsText(diagnostics, {
    sourceText: (file) => project.sources.get(file),
    style: createStyle(terminal.errorColor),
    columns: terminal.columns,
  })
  terminal.stderr.write(redactor.redact(text))
}
