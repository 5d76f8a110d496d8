import { existsSync, readFileSync } from 'node:fs'

// node scripts/test-summary.ts RESULTS passed|failed VITEST_EXIT_CODE
// Prints "N passed, N failed" from vitest's JSON report; the checks before it count as one more.

interface Report {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly unknown[] }[]
}

const [, , file = '', check, vitest] = process.argv
const report: Report | undefined = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined
// A file that cannot even be loaded has no tests to count.
const broken = report?.testResults.filter(
  (one) => one.status === 'failed' && one.assertionResults.length === 0,
)
const checks = check === 'passed' ? 0 : 1
const counted = (report?.numFailedTests ?? 0) + (broken?.length ?? 0) + checks
// Errors outside of any test are in vitest's exit code alone.
const failed = vitest !== '0' && counted === checks ? counted + 1 : counted
const passed = (report?.numPassedTests ?? 0) + 1 - checks
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
