import { describe, expect, test } from 'vitest'
import { parseRemoteRefs, refPatterns, resolveVersion } from '#sdk/git-refs.ts'

const remote = parseRemoteRefs([
  'ref: refs/heads/main\tHEAD',
  'aaaa\tHEAD',
  'aaaa\trefs/heads/main',
  'bbbb\trefs/heads/feature/x',
  'cccc\trefs/heads/both',
  'dddd\trefs/tags/both',
  'eeee\trefs/tags/v1',
  'ffff\trefs/tags/v1^{}',
  '1111\trefs/tags/light',
  '2222\trefs/pull/7/head',
])

const cases: readonly [version: string, refspecs: readonly string[], expected: unknown][] = [
  ['HEAD', [], { kind: 'branch', name: 'main', sha: 'aaaa' }],
  ['main', [], { kind: 'branch', name: 'main', sha: 'aaaa' }],
  ['origin/feature/x', [], { kind: 'branch', name: 'feature/x', sha: 'bbbb' }],
  ['both', [], { kind: 'branch', name: 'both', sha: 'cccc' }],
  ['v1', [], { kind: 'tag', name: 'v1', sha: 'ffff' }],
  ['light', [], { kind: 'tag', name: 'light', sha: '1111' }],
  ['refs/pull/7/head', [], { kind: 'ref', ref: 'refs/pull/7/head', sha: '2222' }],
  ['pr/7', ['+refs/pull/*/head:refs/heads/pr/*'], { kind: 'ref', ref: 'refs/pull/7/head', sha: '2222' }],
  ['seven', ['refs/pull/7/head:seven'], { kind: 'ref', ref: 'refs/pull/7/head', sha: '2222' }],
  ['0123abcd', [], { kind: 'commit', name: '0123abcd' }],
  ['nowhere', ['+refs/pull/*/head:refs/heads/pr/*'], undefined],
]

describe('resolveVersion', () => {
  test.each(cases)('finds %s', (version, refspecs, expected) => {
    expect(resolveVersion({ version, remote: 'origin', refspecs }, remote)).toEqual(expected)
  })

  test('takes a repository without commits for what it is', () => {
    const empty = parseRemoteRefs([])
    expect(resolveVersion({ version: 'HEAD', remote: 'origin', refspecs: [] }, empty)).toEqual({
      kind: 'nothing',
    })
  })

  test('is asked about nothing but the names it may need', () => {
    expect(refPatterns('pr/7', 'origin', ['+refs/pull/*/head:refs/heads/pr/*'])).toEqual([
      'HEAD',
      'refs/heads/pr/7',
      'refs/tags/pr/7',
      'refs/tags/pr/7^{}',
      'pr/7',
      'refs/pull/7/head',
    ])
  })
})
