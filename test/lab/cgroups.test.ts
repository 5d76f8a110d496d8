import { describe, expect, it } from 'vitest'
import { parseHierarchies } from '#lab/cgroups.ts'

const mount = (root: string, path: string, kind: string) =>
  `36 25 0:31 ${root} ${path} rw,relatime shared:9 - ${kind}`

describe('cgroup hierarchies', () => {
  it('are one with version 2, used at its top', () => {
    const mounts = mount('/', '/sys/fs/cgroup', 'cgroup2 cgroup2 rw,nsdelegate')
    expect(parseHierarchies(mounts, '0::/user.slice/user-0.slice/session-1.scope\n')).toEqual([
      { controllers: '', mount: '/sys/fs/cgroup', parent: '/sys/fs/cgroup' },
    ])
  })

  it('are many with version 1: controllers below our own group, the others at the top', () => {
    const mounts = [
      mount('/', '/sys/fs/cgroup/cpu,cpuacct', 'cgroup cgroup rw,cpu,cpuacct'),
      mount('/', '/sys/fs/cgroup/memory', 'cgroup cgroup rw,memory'),
      mount('/', '/sys/fs/cgroup/systemd', 'cgroup cgroup rw,xattr,name=systemd'),
      mount('/', '/sys/fs/cgroup/unified', 'cgroup2 cgroup2 rw'),
      '22 1 8:1 / / rw - ext4 /dev/vda rw',
    ].join('\n')
    const own = '9:cpu,cpuacct:/\n4:memory:/jobs/7\n1:name=systemd:/user.slice\n0::/user.slice\n'
    expect(parseHierarchies(mounts, own).map(({ controllers, parent }) => [controllers, parent])).toEqual([
      ['cpu,cpuacct', '/sys/fs/cgroup/cpu,cpuacct'],
      ['memory', '/sys/fs/cgroup/memory/jobs/7'],
      ['name=systemd', '/sys/fs/cgroup/systemd'],
      ['', '/sys/fs/cgroup/unified'],
    ])
  })

  it('are found where a container mounts its own part of them', () => {
    const mounts = mount('/docker/abc', '/sys/fs/cgroup/memory', 'cgroup cgroup rw,memory')
    expect(parseHierarchies(mounts, '4:memory:/docker/abc/job\n')[0]?.parent).toBe(
      '/sys/fs/cgroup/memory/job',
    )
    expect(parseHierarchies(mounts, '4:memory:/elsewhere\n')[0]?.parent).toBe('/sys/fs/cgroup/memory')
  })

  it('are counted once when they are mounted twice', () => {
    const mounts = [mount('/', '/a', 'cgroup2 cgroup2 rw'), mount('/', '/b', 'cgroup2 cgroup2 rw')].join('\n')
    expect(parseHierarchies(mounts, '0::/\n').map((one) => one.mount)).toEqual(['/a'])
  })
})
