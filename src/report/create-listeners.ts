import type { Terminal } from '#base/terminal.ts'
import type { Listener } from '#model/event.ts'
import { jsonLines } from './json-lines.ts'
import { Junit } from './junit.ts'
import type { DetailOptions } from './outcome-text.ts'
import { problems } from './problems.ts'
import type { ReportOptions } from './report-options.ts'
import { createStyle } from './style.ts'

/**
 * The listeners that a command line asks for, to be given to `fanOut`. Those with heavy packages are loaded only
 * when they are used.
 */
export async function createListeners(
  options: ReportOptions,
  terminal: Terminal,
): Promise<readonly Listener[]> {
  const files = options.junitFiles.map((file) => new Junit(file))
  if (options.format === 'json') return [jsonLines(terminal.stdout, options), ...files]
  const frames = {
    sourceText: options.sourceText,
    style: createStyle(terminal.errorColor),
    columns: terminal.columns,
    errorsOnly: options.quiet,
  }
  return [problems(terminal.stderr, frames), await display(options, terminal), ...files]
}

async function display(options: ReportOptions, terminal: Terminal): Promise<Listener> {
  const { verbosity, diff, sourceText } = options
  const details = {
    verbosity,
    diff,
    sourceText,
    style: createStyle(terminal.color),
    columns: terminal.columns,
  }
  if (options.kind === 'ad-hoc') return await adHocDisplay(options, terminal, details)
  if (options.quiet) {
    const { quiet } = await import('./quiet.ts')
    return quiet(terminal.stdout, { ...details, mode: 'apply' })
  }
  if (terminal.isTty) {
    const { ListrDisplay } = await import('./listr-display.ts')
    return new ListrDisplay(terminal, details)
  }
  const { Lines } = await import('./lines.ts')
  return new Lines(terminal.stdout, details)
}

async function adHocDisplay(
  options: ReportOptions,
  terminal: Terminal,
  details: Omit<DetailOptions, 'mode'>,
): Promise<Listener> {
  const { Grouped } = await import('./grouped.ts')
  return new Grouped(terminal, { ...details, mode: 'apply', quiet: options.quiet })
}
