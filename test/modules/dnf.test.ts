import { describe, expect, it } from 'vitest'
import dnf from '#modules/dnf.ts'
import { dnfScript } from '#sdk/dnf-script.ts'
import { fieldsOf } from '../support/with-bench.ts'

const nginx = [{ name: 'nginx', version: '1.26.2-3.fc41', arch: 'x86_64' }]

describe('dnf', () => {
  const plan = (args: object, state: object = {}) =>
    dnf.plan({
      args: { name: ['nginx'], ...args },
      state: { packages: [nginx], upgrades: new Set<string>(), groups: new Set<string>(), ...state },
      mode: 'apply',
    })

  it.each([
    [{}, {}, []],
    [{}, { packages: [[]] }, ['package nginx']],
    [{ state: 'latest' }, { upgrades: new Set(['nginx']) }, ['package nginx']],
    [{ state: 'latest' }, {}, []],
    [{ state: 'latest', update_only: true }, { packages: [[]] }, []],
    [{ state: 'removed' }, {}, ['package nginx']],
    [{ state: 'absent' }, { packages: [[]] }, []],
    [
      { name: ['*'], state: 'latest' },
      { packages: [[]], upgrades: new Set(['bash', 'zlib']) },
      ['package bash', 'package zlib'],
    ],
    [{ name: ['@Development'] }, { packages: [[]], groups: new Set(['development']) }, []],
  ])('%j with %j changes %j', (args, state, fields) => {
    expect(fieldsOf({ changes: plan(args, state) })).toEqual(fields)
  })

  it.each([
    [{ names: ['nginx'] }, '-y install nginx'],
    [{ names: ['nginx'], absent: true, autoremove: true }, '-y remove nginx && "$tool" -y autoremove'],
    [{ names: ['*'], latest: true }, '-y upgrade'],
    [
      { names: ['nginx'], enablerepo: ['a', 'b'], disable_gpg_check: true },
      '-y --enablerepo=a,b --nogpgcheck install nginx',
    ],
    [{ names: ['nginx'], install_weak_deps: false }, '--setopt=install_weak_deps=0 install nginx'],
  ])('%j is %s', (request, words) => {
    const { text } = dnfScript({ absent: false, latest: false, ...request })
    expect(text.replaceAll(/ +/g, ' ')).toContain(words)
  })
})
