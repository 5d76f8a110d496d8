import { moduleFiles } from '../../scripts/module-files.ts'
import { describeModule } from '../conformance/module.ts'
import { withBench } from '../support/with-bench.ts'

const bench = withBench()

for (const { name, definition } of await moduleFiles()) describeModule(name, definition, bench)
