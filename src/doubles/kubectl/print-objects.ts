import type { Answer } from '../answer.ts'
import { refuse } from '../answer.ts'
import { at, type Fields, fieldsOf, textOf } from '../json.ts'
import { table } from '../table.ts'
import { jsonPath } from './json-path.ts'
import { jsonInOrder, jsonText, sorted, yamlText } from './print-text.ts'
import { qualified, type Served } from './resources.ts'

/** An object and its kind. */
export interface Found {
  readonly resource: Served
  readonly object: Fields
}

const formats =
  'custom-columns,custom-columns-file,go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,name,template,templatefile,wide,yaml'

/** What `-o` may say that is no table, and of it what this double knows. */
export function isTable(output: string): boolean {
  return output === '' || output === 'wide'
}

interface Printing {
  readonly output: string
  /** One object that was named is no list. */
  readonly isSingle: boolean
  readonly showManagedFields?: boolean
}

/** Objects as `-o json|yaml|name|jsonpath=…|custom-columns=…` prints them. */
export function printObjects(found: readonly Found[], printing: Printing): Answer {
  const { output, isSingle } = printing
  const [format = '', template = ''] = splitAtFirst(output, '=')
  const objects = found.map(({ object }) =>
    printing.showManagedFields ? object : withoutManagedFields(object),
  )
  const list = { apiVersion: 'v1', items: objects, kind: 'List', metadata: { resourceVersion: '' } }
  const value = isSingle && objects.length === 1 ? objects[0] : list
  if (format === 'json') return { stdout: jsonText(value) }
  if (format === 'yaml') return { stdout: yamlText(value) }
  if (format === 'name') return { stdout: found.map((one) => `${nameOf(one)}\n`).join('') }
  if (format === 'jsonpath') return { stdout: jsonPath(template, value) }
  if (format === 'custom-columns') return { stdout: customColumns(template, objects) }
  return refuse(
    1,
    `error: unable to match a printer suitable for the output format "${output}", allowed formats are: ${formats}`,
  )
}

const splitAtFirst = (text: string, mark: string): readonly string[] => {
  const place = text.indexOf(mark)
  return place < 0 ? [text] : [text.slice(0, place), text.slice(place + 1)]
}

export const nameOf = ({ resource, object }: Found): string =>
  `${qualified(resource)}/${textOf(at(object, 'metadata', 'name'))}`

export function withoutManagedFields(object: Fields): Fields {
  const { managedFields: _, ...metadata } = fieldsOf(object['metadata'])
  return { ...object, metadata }
}

function customColumns(template: string, objects: readonly Fields[]): string {
  const columns = template.split(',').map((column) => splitAtFirst(column, ':'))
  const rows = objects.map((object) =>
    columns.map(([, path = '']) => jsonPath(`{${path}}`, object) || '<none>'),
  )
  return table([columns.map(([title = '']) => title), ...rows], [], '   ')
}

/** What a command says that it did: `configmap/web created (server dry run)`, or with `-o` the objects. */
export function printDone(done: readonly (Found & { readonly what: string })[], output: string): Answer {
  if (output === '') return { stdout: done.map((one) => `${nameOf(one)} ${one.what}\n`).join('') }
  if (output !== 'json' || done.length === 1) return printObjects(done, { output, isSingle: true })
  // A list that the server has not made has its fields in the order of Go's struct.
  const items = done.map(({ object }) => sorted(withoutManagedFields(object)))
  return { stdout: jsonInOrder({ kind: 'List', apiVersion: 'v1', metadata: {}, items }) }
}
