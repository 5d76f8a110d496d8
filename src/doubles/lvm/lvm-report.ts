import { type Answer, refuse } from '#doubles/answer.ts'
import type { Call, Command } from '#doubles/double.ts'
import type { OptionTable } from '#doubles/options.ts'
import { table } from '#doubles/table.ts'
import { type Fields, fieldsOf, type ReportKind, rowKinds } from './lvm-fields.ts'
import { showSize } from './lvm-size.ts'
import { failed, type Lvm } from './lvm-state.ts'

const options: OptionTable = {
  '-o --options': 'values',
  '-a --all': 'flag',
  '-O --sort': 'value',
  '-S --select': 'value',
  '--reportformat': 'value',
  '--units': 'value',
  '--nosuffix': 'flag',
  '--noheadings': 'flag',
  '--separator': 'value',
  '--unbuffered': 'flag',
  '--nameprefixes': 'flag',
  '--unquoted': 'flag',
  '--rows': 'flag',
  '--readonly': 'flag',
  '--binary': 'flag',
  '--config': 'value',
  '--nolocking': 'flag',
  '--devices': 'value',
  '-v --verbose': 'flag',
  '-q --quiet': 'flag',
}

/** `pvs`, `vgs`, `lvs`: lvmreport(7), tools/reporter.c. */
export const reportCommand = (kind: ReportKind): Command<Lvm> => ({
  options,
  run: (call) => report(kind, call),
})

function report(kind: ReportKind, call: Call<Lvm>): Answer {
  const { options: given, state } = call
  const fields = chosenFields(kind, given.texts('o'))
  const { rows, missing } = rowKinds[kind](state, call.operands)
  const style = { unit: given.text('units') ?? 'r', hasSuffix: !given.has('nosuffix') }
  const cells = rows.map((row) => fields.map((field) => shown(row[field] ?? '', style)))
  const exit = missing.length > 0 ? failed : 0
  const stderr = missing.map((message) => `  ${message}\n`).join('')
  const format = given.text('reportformat') ?? 'basic'
  if (format === 'json' || format === 'json_std') return { exit, stderr, stdout: json(kind, fields, cells) }
  if (format !== 'basic') refuse(3, `  Report format ${format} not recognised.`)
  return { exit, stderr, stdout: text(call, fields, cells) }
}

const shown = (value: string | number, style: Parameters<typeof showSize>[1]): string =>
  typeof value === 'number' ? showSize(value, style) : value

function chosenFields(kind: ReportKind, given: readonly string[]): readonly string[] {
  const known = fieldsOf(kind)
  const names = given.join(',').split(',').filter(Boolean)
  const first = names[0]?.startsWith('+') === true
  const asked = names.map((name) => name.replace(/^\+/, ''))
  const all = asked.flatMap((name) => expand(name, known))
  return asked.length === 0 || first ? [...known.usual, ...all] : all
}

function expand(name: string, known: Fields): readonly string[] {
  if (name === 'all' || /^(pv|vg|lv)_all$/.test(name)) return [...known.all]
  const found = [name, `${known.prefix}${name}`].find((one) => known.all.has(one))
  return found ? [found] : refuse(3, `  Unrecognised field: ${name}`)
}

/** As lvm2 indents it. */
function json(kind: ReportKind, fields: readonly string[], rows: readonly (readonly string[])[]): string {
  const objects = rows.map((row) => {
    const pairs = fields.map((field, index) => `${JSON.stringify(field)}:${JSON.stringify(row[index] ?? '')}`)
    return `                  {${pairs.join(', ')}}`
  })
  const list = objects.length > 0 ? `\n${objects.join(',\n')}\n` : '\n'
  return `  {\n      "report": [\n          {\n              "${kind}": [${list}              ]\n          }\n      ]\n  }\n`
}

function text(
  { options: given }: Call<Lvm>,
  fields: readonly string[],
  cells: readonly (readonly string[])[],
): string {
  const separator = given.text('separator')
  const all = given.has('noheadings') ? cells : [fields.map(heading), ...cells]
  if (cells.length === 0) return ''
  if (separator !== undefined) return all.map((row) => `  ${row.join(separator)}\n`).join('')
  const align = fields.map((field) =>
    /(size|free|percent|count)$/.test(field) ? ('right' as const) : ('left' as const),
  )
  return table(all, align, ' ')
    .split('\n')
    .filter(Boolean)
    .map((line) => `  ${line}\n`)
    .join('')
}

const headings: Readonly<Record<string, string>> = {
  pv_name: 'PV',
  vg_name: 'VG',
  lv_name: 'LV',
  pv_size: 'PSize',
  pv_free: 'PFree',
  pv_fmt: 'Fmt',
  pv_attr: 'Attr',
  vg_size: 'VSize',
  vg_free: 'VFree',
  vg_attr: 'Attr',
  lv_size: 'LSize',
  lv_attr: 'Attr',
  pv_count: '#PV',
  lv_count: '#LV',
  snap_count: '#SN',
  pool_lv: 'Pool',
  origin: 'Origin',
  data_percent: 'Data%',
  metadata_percent: 'Meta%',
  vg_extent_size: 'Ext',
}
const heading = (field: string): string => headings[field] ?? field
