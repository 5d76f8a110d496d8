import type { Frame } from '#model/transport.ts'
import type { Doubts } from './doubts.ts'
import { comparableScript, sameAsKept } from './foresight.ts'
import { HostReader, type Question, type ReaderSetting } from './host-reader.ts'

/** Asks as any reader, and has the shell keep what it will be asked, for a comparison when the answer is doubted. */
export class NotingReader extends HostReader {
  readonly #doubts: Doubts
  readonly #newName: () => string

  constructor(setting: ReaderSetting, noting: { readonly doubts: Doubts; readonly newName: () => string }) {
    super(setting)
    this.#doubts = noting.doubts
    this.#newName = noting.newName
  }

  protected override ask<T>(question: Question<T>): Promise<T> {
    const id = this.idOf(question)
    if (question.repeats && !this.setting.store.get(id)) this.#note(id, question)
    return super.ask(question)
  }

  /** Before the question in the same flight: what changes in between makes the two differ, and the answer is dropped. */
  #note(id: string, { frame, key, reads }: Question<unknown>): void {
    const { queue, store, actor } = this.setting
    const name = this.#newName()
    const script = comparableScript(frame(key === undefined ? [] : [key]).script)
    queue.add({
      actor,
      kind: 'read',
      concerns: store.namesOf(reads),
      group: `note\0${name}`,
      frame: (): Frame => ({ script, keepAs: name, ...this.acting() }),
      arrived: () => actor.goesOn(),
      failed: () => actor.goesOn(),
    })
    this.#doubts.note(id, { check: sameAsKept(script, name) })
  }
}
