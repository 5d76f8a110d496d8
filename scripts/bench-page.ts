// node scripts/bench-page.ts RESULTS [PAGE]: the harness's results as a table, printed, or put into the page between
// its marks, with the day and the machine.
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import type { Run } from './bench-run.ts'
import { tableOf } from './bench-table.ts'
import { throughputOf } from './bench-throughput.ts'

const [results = '', page = ''] = process.argv.slice(2)
const runs: readonly Run[] = readFileSync(results, 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line))

/** The first line that a program says about its version. */
function version(program: string, ...args: readonly string[]): string {
  return execFileSync('sh', ['-c', '"$@" 2>&1 | head -n 1', 'sh', program, ...args], {
    encoding: 'utf8',
  }).trim()
}

function conditions(): string {
  const day = new Date().toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric' })
  const tools = [version('ssh', '-V').split(',')[0], `Node.js ${process.versions.node}`]
  if (runs.some(({ peer }) => peer.startsWith('ansible'))) tools.push(version('ansible', '--version'))
  return `Measured on ${day} on one machine with ${availableParallelism()} cores: ${tools.join(', ')}.`
}

const throughput = throughputOf(runs)
const meaning = 'Megabytes a second, by what 100 MB take beyond a file of no bytes, from start to exit:'
const table = [tableOf(runs), ...(throughput ? [meaning, throughput] : [])].join('\n\n')
if (page === '') console.log(table)
else {
  const marks = /(<!-- measured -->\n)[\s\S]*(<!-- end -->)/
  const text = readFileSync(page, 'utf8')
  if (!marks.test(text)) throw new Error(`${page} has no marks for the table.`)
  writeFileSync(
    page,
    text.replace(marks, (_, before, after) => `${before}${conditions()}\n\n${table}\n${after}`),
  )
}
