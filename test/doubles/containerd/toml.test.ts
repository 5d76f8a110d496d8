import { expect, test } from 'vitest'
import { readToml, writeToml } from '#doubles/containerd/toml.ts'

const text = `# a comment
version = 2
[grpc]
  address = "/run/c#d.sock" # another
[plugins."io.containerd.grpc.v1.cri".cni]
  bin_dirs = [
    "/a", # first
    '/b',
  ]
  max.conf = 3
`

test('reads tables, texts, numbers and lists, and prints them as containerd does', () => {
  const read = readToml(text)
  expect(read).toEqual({
    version: 2,
    grpc: { address: '/run/c#d.sock' },
    plugins: { 'io.containerd.grpc.v1.cri': { cni: { bin_dirs: ['/a', '/b'], max: { conf: 3 } } } },
  })
  expect(writeToml(read)).toBe(`version = 2

[grpc]
  address = "/run/c#d.sock"

[plugins]

  [plugins."io.containerd.grpc.v1.cri"]

    [plugins."io.containerd.grpc.v1.cri".cni]
      bin_dirs = ["/a", "/b"]

      [plugins."io.containerd.grpc.v1.cri".cni.max]
        conf = 3
`)
})

test.each([
  ['version = 2\n[plugins."x"\n', '(2, 2): unexpected token unclosed table key, was expecting a table key'],
  ['nonsense\n', '(1, 1): parsing error: keys cannot contain new lines'],
  ['version = 2\nx = \n', '(3, 1): expecting a value'],
])('%j is no TOML: %s', (broken, why) => {
  expect(() => readToml(broken)).toThrow(why)
})
