import { describe, expect, test } from 'vitest'
import type { NodeFiles } from '#sdk/kubernetes/cluster-node.ts'
import { kubeadmChanges } from '#sdk/kubernetes/kubeadm-changes.ts'
import { TaskFailure } from '#sdk/module.ts'

const files: NodeFiles = {
  hasAdminConf: true,
  hasKubeletConf: true,
  hasJoinRemains: false,
  manifests: 4,
  kubeletRuns: true,
  kubeadm: 'v1.28.15',
  kubelet: 'v1.28.15',
  machineId: 'm',
  hostName: 'n',
  authority: '',
  serverVersion: 'v1.28.15',
}
const version = 'v1.28.15'
const plane = (status: 'absent' | 'current' | 'down' | 'partial', clusterVersion = version) => ({
  status,
  missing: ['x'],
  clusterVersion,
})
const member = (status: 'absent' | 'current' | 'down' | 'partial' | 'foreign') => ({ status, missing: ['x'] })

const fieldsOf = (changes: ReturnType<typeof kubeadmChanges>): unknown =>
  changes instanceof TaskFailure ? changes.message : changes.map(({ field }) => field)

describe('a control plane', () => {
  test.each([
    ['absent', ['cluster']],
    ['current', []],
    ['down', ['kubelet']],
  ] as const)('that is %s', (status, expected) => {
    expect(
      fieldsOf(kubeadmChanges({ state: 'init', version }, { name: 'n', files, plane: plane(status) })),
    ).toEqual(expected)
  })

  test('that is half set up is left alone, unless it may be reset', () => {
    const found = { name: 'n', files, plane: plane('partial') }
    expect(fieldsOf(kubeadmChanges({ state: 'init', version }, found))).toMatch(
      /only half set up: it lacks x\. Nothing was done\..*kubeadm_reset_partial/,
    )
    expect(fieldsOf(kubeadmChanges({ state: 'init', version, reset_partial: true }, found))).toEqual([
      'remains',
      'cluster',
    ])
  })

  test.each([
    ['v1.29.1', 'v1.28.15', 'v1.28.15', /kubeadm v1.28.15 does not fit Kubernetes v1.29.1/],
    ['v1.28.15', 'v1.28.15', 'v1.29.0', /kubelet v1.29.0 does not fit Kubernetes v1.28.15/],
    ['v1.28.15', '', '', /no kubeadm/],
  ])('of %s is not set up by kubeadm %s and kubelet %s', (wanted, kubeadm, kubelet, message) => {
    const found = { name: 'n', files: { ...files, kubeadm, kubelet }, plane: plane('absent') }
    expect(fieldsOf(kubeadmChanges({ state: 'init', version: wanted }, found))).toMatch(message)
  })
})

describe('a member', () => {
  test.each([
    ['absent', ['member']],
    ['current', []],
    ['down', ['kubelet']],
    ['partial', ['node', 'member']],
  ] as const)('that is %s', (status, expected) => {
    expect(fieldsOf(kubeadmChanges({ state: 'join' }, { name: 'n', files, member: member(status) }))).toEqual(
      expected,
    )
  })

  test('of another cluster stays there, unless it may be taken out', () => {
    const found = { name: 'n', files, member: member('foreign') }
    expect(fieldsOf(kubeadmChanges({ state: 'join' }, found))).toMatch(
      /belongs to another cluster.*kubeadm_reset_foreign/,
    )
    expect(fieldsOf(kubeadmChanges({ state: 'join', reset_foreign: true }, found))).toEqual([
      'node',
      'member',
    ])
  })
})

describe('an upgrade', () => {
  const next = { ...files, kubeadm: 'v1.29.15' }
  test('goes one minor version at a time', () => {
    const found = { name: 'n', files: next, plane: plane('current') }
    expect(fieldsOf(kubeadmChanges({ state: 'upgrade', version: 'v1.29.15' }, found))).toEqual(['version'])
    expect(fieldsOf(kubeadmChanges({ state: 'upgrade', version: 'v1.30.1' }, found))).toMatch(
      /Upgrade to 1\.29 first/,
    )
    expect(fieldsOf(kubeadmChanges({ state: 'upgrade', version: 'v1.27.1' }, found))).toMatch(
      /cannot go back/,
    )
    expect(
      fieldsOf(kubeadmChanges({ state: 'upgrade', version: 'v1.29.15' }, { ...found, plane: plane('down') })),
    ).toMatch(/Only a control plane that works/)
  })

  test('leaves alone what has the version', () => {
    expect(
      fieldsOf(kubeadmChanges({ state: 'upgrade', version }, { name: 'n', files, plane: plane('current') })),
    ).toEqual([])
    expect(
      fieldsOf(
        kubeadmChanges({ state: 'upgrade', version }, { name: 'n', files, member: member('current') }),
      ),
    ).toEqual([])
    expect(
      fieldsOf(
        kubeadmChanges(
          { state: 'upgrade', version: 'v1.29.15' },
          { name: 'n', files: next, member: member('current') },
        ),
      ),
    ).toEqual(['configuration'])
  })
})

test('a reset needs the name once more', () => {
  const found = { name: 'n', files, plane: plane('current') }
  expect(fieldsOf(kubeadmChanges({ state: 'reset' }, found))).toMatch(/say `confirm: n`/)
  expect(fieldsOf(kubeadmChanges({ state: 'reset', confirm: 'm' }, found))).toMatch(/say `confirm: n`/)
  expect(fieldsOf(kubeadmChanges({ state: 'reset', confirm: 'n' }, found))).toEqual(['node'])
  expect(fieldsOf(kubeadmChanges({ state: 'reset' }, { name: 'n', files, plane: plane('absent') }))).toEqual(
    [],
  )
})
