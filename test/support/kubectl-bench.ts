import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Answer } from '#doubles/answer.ts'
import { doubleBench } from './doubles.ts'
import { deployment, startTestApi, type TestApi } from './kube-api.ts'

export interface KubectlBench {
  readonly api: TestApi
  /** What `kubectl --kubeconfig FILE …` answers; words are parted by blanks. */
  run(line: string | readonly string[]): Promise<Required<Answer>>
  /** The same, for one that has to succeed: what it printed. */
  ok(line: string | readonly string[]): Promise<string>
  /** Writes a file of objects, and gives its path. */
  manifest(name: string, ...objects: readonly unknown[]): Promise<string>
}

/** The double of kubectl in front of that of the API server, where the Deployment `web` is; both go with the test. */
export async function kubectlBench(): Promise<KubectlBench> {
  const bench = await doubleBench()
  const api = await startTestApi()
  onTestFinished(() => api.close())
  const kubeconfig = join(bench.root, 'kubeconfig')
  await writeFile(kubeconfig, api.kubeconfig)
  await api.apply(deployment('web'))
  const words = (line: string | readonly string[]): readonly string[] => [
    ...['kubectl', '--kubeconfig', kubeconfig],
    ...(typeof line === 'string' ? line.split(' ') : line),
  ]
  return {
    api,
    run: (line) => bench.run(words(line)),
    ok: (line) => bench.ok(words(line)),
    manifest: async (name, ...objects) => {
      const file = join(bench.root, name)
      await writeFile(file, objects.map((object) => JSON.stringify(object)).join('\n---\n'))
      return file
    },
  }
}
