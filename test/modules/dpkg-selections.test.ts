import { expect, it } from 'vitest'
import dpkgSelections from '#modules/dpkg-selections.ts'
import { fieldsOf } from '../support/with-bench.ts'

// For real, with dpkg on a root folder of its own: apt.test.ts.
it('changes only the packages whose selection differs', () => {
  const args = { name: ['a', 'b'], selection: 'hold' as const }
  expect(
    fieldsOf({ changes: dpkgSelections.plan({ args, state: ['hold', 'install'], mode: 'apply' }) }),
  ).toEqual(['selection b'])
})
