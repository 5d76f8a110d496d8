import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { doubleBench } from '../../support/doubles.ts'

async function benchWith(config?: string) {
  const bench = await doubleBench()
  await mkdir(join(bench.root, 'etc/containerd'), { recursive: true })
  if (config !== undefined) await writeFile(join(bench.root, 'etc/containerd/config.toml'), config)
  return bench
}

const systemdCgroup = `version = 2
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
  SystemdCgroup = true
`

test('the double of containerd shows its defaults, and what the file makes of them', async () => {
  const { ok } = await benchWith(systemdCgroup)
  expect(await ok('containerd config default')).toContain('\n            SystemdCgroup = false\n')
  const own = await ok('containerd config dump')
  expect(own).toContain('\n            SystemdCgroup = true\n')
  expect(own).toContain('\nimports = ["/etc/containerd/config.toml"]\n')
  // Of a runtime that the file names, the file has to say all.
  expect(own).toContain('\n          runtime_type = ""\n')
})

test.each([
  [
    'containerd config dump',
    'containerd: failed to load TOML: /etc/containerd/config.toml: (1, 1): parsing error: keys cannot contain new lines\n',
  ],
  [
    'containerd',
    'containerd: failed to load TOML: /etc/containerd/config.toml: (1, 1): parsing error: keys cannot contain new lines\n',
  ],
  [
    'containerd -c /nope config dump',
    'containerd: failed to load TOML: /nope: open /nope: no such file or directory\n',
  ],
])('%s refuses a file that it cannot read', async (line, stderr) => {
  expect(await (await benchWith('nonsense\n')).run(line)).toEqual({ exit: 1, stdout: '', stderr })
})

test('ctr says when no containerd answers', async () => {
  const { run } = await benchWith()
  expect(await run('ctr images ls')).toMatchObject({
    exit: 1,
    stderr: expect.stringContaining(
      'ctr: failed to dial "/run/containerd/containerd.sock": context deadline exceeded',
    ),
  })
})

test('crictl on a host without the double of containerd shows what its file says', async () => {
  const cgroup = async (config: string) => {
    const { ok } = await benchWith(config)
    return JSON.parse(await ok('crictl info')).config.containerd.runtimes.runc.options.SystemdCgroup
  }
  expect([await cgroup('version = 2\n'), await cgroup(systemdCgroup)]).toEqual([false, true])
})
