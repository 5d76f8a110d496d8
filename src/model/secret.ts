/**
 * Text that must not be shown. It prints as `***` wherever it is turned into text by accident;
 * only `reveal()` gives the real one, and only the code that sends it to a host or a cipher calls it.
 */
export class Secret {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  reveal(): string {
    return this.#text
  }

  toString(): string {
    return '***'
  }

  toJSON(): string {
    return '***'
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '***'
  }
}
