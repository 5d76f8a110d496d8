/** An element of XML: its text, or what is inside of it. */
export interface Element {
  readonly name: string
  readonly text: string
  readonly children: readonly Element[]
}

const token = /<\?[^>]*\?>|<!--[\s\S]*?-->|<(\/?)([\w:-]+)[^>]*?(\/?)>|([^<]+)/g

interface Open {
  readonly name: string
  text: string
  readonly children: Element[]
}

const opened = (name: string): Open => ({ name, text: '', children: [] })

/** As much of XML as AWS' API uses: elements and text. Throws SyntaxError. */
export function parseXml(source: string): Element {
  const outside = opened('')
  const open = [outside]
  for (const [, slash, name, empty, text] of source.matchAll(token)) {
    if (text !== undefined) (open.at(-1) ?? outside).text += decoded(text)
    else if (slash === '/') close(open, name)
    else if (name !== undefined) begin(open, name, empty === '/')
  }
  const [root] = outside.children
  if (open.length !== 1 || !root) throw new SyntaxError('not a whole document of XML')
  return root
}

function begin(open: Open[], name: string, isEmpty: boolean): void {
  const element = opened(name)
  open.at(-1)?.children.push(element)
  if (!isEmpty) open.push(element)
}

function close(open: Open[], name: string | undefined): void {
  if (open.length > 1 && open.pop()?.name === name) return
  throw new SyntaxError(`</${name}> closes nothing that is open`)
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' }

const decoded = (text: string): string =>
  text.replaceAll(/&(?:#x([0-9a-fA-F]+)|#(\d+)|(\w+));/g, (whole, hex, decimal, name) => {
    if (name !== undefined) return entities[name] ?? whole
    return String.fromCodePoint(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16))
  })

/** All elements at the end of a way. */
export const elementsAt = (element: Element, ...path: readonly string[]): readonly Element[] =>
  path.reduce<readonly Element[]>(
    (found, name) => found.flatMap(({ children }) => children.filter((child) => child.name === name)),
    [element],
  )

/** The text of the first element at the end of a way; undefined when there is none. */
export const textAt = (element: Element, ...path: readonly string[]): string | undefined =>
  elementsAt(element, ...path)[0]?.text

/** What an element holds: text, elements, or nothing, which is left out. */
export type Content = string | number | boolean | undefined | readonly Content[] | { [name: string]: Content }

/** A list becomes one element for each member. */
export function xml(name: string, content: Content): string {
  if (content === undefined) return ''
  if (Array.isArray(content)) return content.map((one: Content) => xml(name, one)).join('')
  return `<${name}>${typeof content === 'object' ? inside(content) : escaped(String(content))}</${name}>`
}

const inside = (content: object): string =>
  Object.entries(content)
    .map(([name, value]: [string, Content]) => xml(name, value))
    .join('')

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
