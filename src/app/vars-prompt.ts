import type { Terminal } from '#base/terminal.ts'
import type { Program, VarsPrompt } from '#model/program.ts'
import { UsageError } from '#model/usage-error.ts'

/** Asks for the variables of `vars_prompt`, each once, unless `-e` gives them. Nobody to ask: the default, else exit 5. */
export async function answerPrompts(
  program: Program,
  terminal: Terminal,
): Promise<ReadonlyMap<string, unknown>> {
  const answers = new Map<string, unknown>()
  for (const prompt of program.plays.flatMap(({ prompts }) => prompts)) {
    if (answers.has(prompt.name) || program.extraVars.vars.has(prompt.name)) continue
    answers.set(prompt.name, await answerOf(prompt, terminal))
  }
  return answers
}

async function answerOf(prompt: VarsPrompt, terminal: Terminal): Promise<string> {
  if (!terminal.canAsk) return withoutTerminal(prompt)
  for (;;) {
    const answer = await asked(prompt, prompt.prompt, terminal)
    if (!prompt.confirm) return answer
    if ((await asked(prompt, `confirm ${prompt.prompt}`, terminal)) === answer) return answer
    terminal.notice('The two answers differ.')
  }
}

async function asked(prompt: VarsPrompt, text: string, terminal: Terminal): Promise<string> {
  const suffix = prompt.default === undefined ? ': ' : ` [${prompt.private ? '***' : prompt.default}]: `
  const answer = await terminal.ask(`${text}${suffix}`, { echo: !prompt.private })
  if (answer === undefined) return withoutTerminal(prompt)
  return answer === '' ? (prompt.default ?? '') : answer
}

function withoutTerminal({ name, default: otherwise }: VarsPrompt): string {
  if (otherwise !== undefined) return otherwise
  throw new UsageError(`The playbook asks for "${name}", and there is no terminal to ask at.`, {
    remedy: `Give it with -e ${name}=…, or set a default in vars_prompt.`,
  })
}
