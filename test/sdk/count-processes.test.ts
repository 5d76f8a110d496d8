import { expect, test } from 'vitest'
import { countProcesses } from '#sdk/count-processes.ts'

test.each([
  ['printf x > "$t"', 0],
  ['mkdir -p /a && chmod 0755 /a', 2],
  ['if [ -e /a ]; then rm /a; else touch /a; fi', 2],
  ["echo 'cp a b; mv c d' | sha256sum", 1],
  ['LC_ALL=C sort file | uniq; exec cat', 3],
  ['n=$(wc -c < "$t") && { [ "$n" -eq 4 ] || false; }', 1],
  ['for f in a b; do stat "$f"; done', 1],
  ['/usr/bin/env true\n# nothing', 1],
])('counts the programs that a shell starts: %s', (script, count) => {
  expect(countProcesses(script)).toBe(count)
})
