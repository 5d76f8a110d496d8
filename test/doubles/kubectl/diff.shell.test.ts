import { expect, test } from 'vitest'
import { kubectlBench } from '../../support/kubectl-bench.ts'

const configMap = (data: Record<string, string>) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'one', namespace: 'default' },
  data,
})

test('the double of kubectl shows what would differ, and exits with 1 for it', async () => {
  const { run, ok, manifest } = await kubectlBench()
  const file = await manifest('a.json', configMap({ a: '1' }))
  expect(await run(`diff -f ${file}`)).toMatchObject({
    exit: 1,
    stdout: expect.stringContaining('\n+kind: ConfigMap\n'),
  })
  await ok(`apply -f ${file}`)
  expect(await run(`diff -f ${file}`)).toEqual({ exit: 0, stdout: '', stderr: '' })
  const { exit, stdout } = await run(`diff -f ${await manifest('b.json', configMap({ a: '2' }))}`)
  expect(exit).toBe(1)
  expect(stdout).toContain('\n-  a: "1"\n+  a: "2"\n')
  expect(await ok('get cm one -o jsonpath={.data.a}')).toBe('1')
})
