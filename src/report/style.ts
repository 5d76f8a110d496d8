import { styleText } from 'node:util'

type Paint = (text: string) => string

/** The few ways in which reports stress text. Without colour each gives its text back. */
export interface Style {
  readonly red: Paint
  readonly green: Paint
  readonly yellow: Paint
  readonly magenta: Paint
  readonly cyan: Paint
  readonly dim: Paint
  readonly bold: Paint
}

/** Whether colour is wanted has been decided before (`--color`, NO_COLOR, FORCE_COLOR, the kind of output). */
export function createStyle(color: boolean): Style {
  const paint =
    (format: keyof Style): Paint =>
    (text) =>
      color && text !== '' ? styleText(format, text, { validateStream: false }) : text
  return {
    red: paint('red'),
    green: paint('green'),
    yellow: paint('yellow'),
    magenta: paint('magenta'),
    cyan: paint('cyan'),
    dim: paint('dim'),
    bold: paint('bold'),
  }
}
