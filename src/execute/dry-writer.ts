import { countProcesses } from '#sdk/count-processes.ts'
import type { CommandResult, FileWrite, WriteHost } from '#sdk/host.ts'
import { type Command, commandText } from '#sdk/quote.ts'
import { inlineContent } from './inline-content.ts'
import { replaceFileScript } from './replace-file.ts'

/** What a module would send. */
export interface DryWrite {
  readonly bytes: number
  readonly processes: number
  /** It would go through a channel of its own. */
  readonly isTransfer: boolean
}

const done: CommandResult = { rc: 0, stdout: '', stderr: '' }

/** Takes the writes of a module that writes once, and sends nothing. */
export class DryWriter implements WriteHost {
  readonly name: string
  readonly writes: DryWrite[] = []

  constructor(name: string) {
    this.name = name
  }

  async run(command: Command): Promise<CommandResult> {
    this.#take(commandText(command))
    return done
  }

  async write({ content, backup: _, sum, ...file }: FileWrite): Promise<{ backup?: string }> {
    const inline = await inlineContent(content)
    const size =
      typeof content === 'string' ? content.length : 'kind' in content ? content.size : content.length
    const replacement = { ...file, temporary: `${file.path}.tsplay-`, ...(sum ? { printsSum: true } : {}) }
    this.#take(
      replaceFileScript({ ...replacement, content: inline ?? { bytes: size } }),
      inline ? undefined : size,
    )
    return {}
  }

  async pipe(_content: AsyncIterable<Uint8Array>, command: Command): Promise<CommandResult> {
    this.#take(commandText(command), 0)
    return done
  }

  fact(): Promise<never> {
    return Promise.reject(new Error('A module that says it writes once has asked something.'))
  }

  read(): Promise<never> {
    return this.fact()
  }

  // biome-ignore lint/correctness/useYield: there is nothing to give.
  async *download(): AsyncGenerator<Uint8Array> {
    await this.fact()
  }

  reset(): Promise<void> {
    return Promise.resolve()
  }

  reconnect(): Promise<void> {
    return Promise.resolve()
  }

  #take(script: string, transferred?: number): void {
    this.writes.push({
      bytes: Buffer.byteLength(script) + (transferred ?? 0),
      processes: countProcesses(script),
      isTransfer: transferred !== undefined,
    })
  }
}
