import type { Expectation, Foresight } from './foresight.ts'
import { HostReader, type Question, type ReaderSetting } from './host-reader.ts'

/** Thrown to a probe that asks what cannot be known before the changes on their way have been made. */
export class NotForeseen extends Error {
  override readonly name = 'NotForeseen'
}

/** Answers as the host will once the changes on their way have been made; asks nothing. */
export class ForesightReader extends HostReader {
  /** What the answers rest on. */
  readonly expectations: Expectation[] = []
  readonly #foresight: Foresight
  readonly #takesForetold: boolean

  constructor(
    setting: ReaderSetting,
    { foresight, takesForetold }: { foresight: Foresight; takesForetold: boolean },
  ) {
    super(setting)
    this.#foresight = foresight
    this.#takesForetold = takesForetold
  }

  override download(): AsyncIterable<Uint8Array> {
    throw new NotForeseen()
  }

  protected override async ask<T>(question: Question<T>): Promise<T> {
    const found = this.#foresight.answer(this.idOf(question), question, this.#takesForetold)
    if (!found) throw new NotForeseen()
    if (found.expects) this.expectations.push(found.expects)
    // Answers are kept under their questions, so this one has the question's type.
    return found.value as T
  }
}
