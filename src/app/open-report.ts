import { Redactor } from '#base/redactor.ts'
import type { Terminal } from '#base/terminal.ts'
import type { Emit, Listener, RunEvent } from '#model/event.ts'
import { createListeners } from '#report/create-listeners.ts'
import { fanOut } from '#report/fan-out.ts'
import type { OpenProject } from './open-project.ts'
import type { OutputOptions } from './requests.ts'

/** Where the events of one command go. */
export interface OpenReport {
  readonly emit: Emit
  /** Hides a text in everything that is shown or recorded from now on. */
  onSecret(text: string): void
  /** Shows what is wrong with a project; gives reporters its texts, for carets, and hides its secrets. */
  showProject(project: Pick<OpenProject, 'project' | 'diagnostics' | 'secrets'>): void
  /** One more listener, which hears the events from now on. */
  listen(listener: Listener): void
  /** Finishes all listeners and waits for what they write. Never rejects. */
  close(): Promise<void>
}

/** Opens the reporters a command line asks for. */
export async function openReport(
  kind: 'playbook' | 'ad-hoc',
  output: OutputOptions,
  terminal: Terminal,
): Promise<OpenReport> {
  const redactor = new Redactor()
  const sources = new Map<string, string>()
  const options = { ...output, kind, sourceText: (file: string) => sources.get(file) }
  const more = new Set<Listener>()
  const listeners = [...(await createListeners(options, terminal)), relay(more)]
  const all = fanOut(listeners, redactor, (message) => terminal.notice(message))
  return {
    emit: (event) => all.on(event),
    onSecret: (text) => redactor.add(text),
    showProject({ project, diagnostics, secrets }) {
      for (const [file, text] of project.sources) sources.set(file, text)
      for (const secret of secrets) redactor.add(secret.reveal())
      for (const diagnostic of diagnostics) all.on({ type: 'diagnostic', diagnostic })
    },
    listen: (listener) => void more.add(listener),
    close: () => all.close(),
  }
}

function relay(listeners: ReadonlySet<Listener>): Listener {
  return {
    on(event: RunEvent) {
      for (const listener of listeners) listener.on(event)
    },
    async close() {
      await Promise.all([...listeners].map((listener) => listener.close()))
    },
  }
}
