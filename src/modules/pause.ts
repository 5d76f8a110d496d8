import { t } from '#sdk/args.ts'
import { defineModule } from '#sdk/module.ts'

const args = t.Args({
  seconds: t.Optional(t.Number({ description: 'How long.', minimum: 0 })),
  minutes: t.Optional(t.Number({ description: 'How long.', minimum: 0 })),
  prompt: t.Optional(t.String({ description: 'What to say, or to ask when no time is given.' })),
  echo: t.Optional(t.Boolean({ description: 'Show what is typed.', default: true })),
})

export default defineModule({
  summary: 'Waits for a time, or for a person to press Enter.',
  description: 'Without a terminal nobody can answer: then a question is passed over with a warning.',
  args,
  examples: [
    { title: 'Let it settle', args: { seconds: 5 } },
    { title: 'Ask', args: { prompt: 'Enter to go on' } },
  ],
  runs: 'controller',
  settles: false,

  probe: () => null,
  plan: ({ args }) => [{ field: 'pause', before: '', after: timeOf(args) ?? 'Enter' }],

  async apply({ args, controller, progress }): Promise<Waited> {
    const started = controller.now().getTime()
    const seconds = timeOf(args)
    if (seconds !== undefined) {
      await countDown(seconds, { sleep: controller.sleep, progress })
      return { seconds: (controller.now().getTime() - started) / 1000 }
    }
    const question = args.prompt ?? 'Press Enter to go on'
    const answer = await controller.prompt(`${question}: `, { echo: args.echo ?? true })
    return { seconds: (controller.now().getTime() - started) / 1000, answer, asked: true }
  },
  touches: () => [],

  result({ applied }) {
    if (!applied) return { changed: false }
    const delta = Math.round(applied.seconds)
    const nobody = applied.asked && applied.answer === undefined
    return {
      changed: false,
      msg: `Paused for ${delta} s`,
      data: { delta, user_input: applied.answer ?? '' },
      ...(nobody ? { warnings: ['There is no terminal to ask at; the pause was passed over.'] } : {}),
    }
  },
})

interface Waited {
  readonly seconds: number
  readonly answer?: string | undefined
  readonly asked?: boolean
}

function timeOf(args: { seconds?: number; minutes?: number }): number | undefined {
  if (args.seconds === undefined && args.minutes === undefined) return undefined
  return (args.seconds ?? 0) + (args.minutes ?? 0) * 60
}

async function countDown(
  seconds: number,
  { sleep, progress }: { sleep: (ms: number) => Promise<void>; progress: (text: string) => void },
): Promise<void> {
  for (let left = seconds; left > 0; left -= 1) {
    progress(`${Math.ceil(left)} s left`)
    await sleep(Math.min(left, 1) * 1000)
  }
}
