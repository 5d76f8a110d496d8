import { expect, test } from 'vitest'
import { moduleFiles } from '../../scripts/module-files.ts'
import { describeModule } from '../conformance/module.ts'
import { withoutAws } from '../support/no-aws.ts'
import { withBench } from '../support/with-bench.ts'

// An example of a cloud's module shall not reach the account of whoever runs this.
withoutAws()
const bench = withBench()
const modules = await moduleFiles()
const planned = new Set<string>()

for (const { name, definition } of modules) {
  describeModule(name, definition, { bench, onPlanned: (one) => planned.add(one) })
}

// Some need what this machine may not have: systemd, Alpine, a user of that name. Most do not.
test('the laws were tried on most modules', () => {
  expect(planned.size).toBeGreaterThan(modules.length / 2)
})
