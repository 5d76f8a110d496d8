import { describe, expect, it } from 'vitest'
import iptables from '#modules/iptables.ts'
import { type IptablesArgs, iptablesWords } from '#sdk/iptables-words.ts'
import { fieldsOf } from '../support/with-bench.ts'

describe('the words of a rule', () => {
  it.each<[IptablesArgs, string]>([
    [{ protocol: 'tcp', destination_port: '22', jump: 'ACCEPT' }, '-p tcp -j ACCEPT --destination-port 22'],
    [{ source: '!10.0.0.0/8', in_interface: '! eth0', jump: 'DROP' }, '! -s 10.0.0.0/8 -j DROP ! -i eth0'],
    [
      { ctstate: ['ESTABLISHED', 'RELATED'], jump: 'ACCEPT' },
      '-j ACCEPT -m conntrack --ctstate ESTABLISHED,RELATED',
    ],
    [{ match: ['state'], ctstate: ['NEW'] }, '-m state --state NEW'],
    [
      { protocol: 'tcp', destination_ports: ['80', '8080:8090'], jump: 'ACCEPT' },
      '-p tcp -j ACCEPT -m multiport --dports 80,8080:8090',
    ],
    [
      { protocol: 'tcp', tcp_flags: { flags: ['ALL'], flags_set: ['ACK', 'SYN'] }, jump: 'DROP' },
      '-p tcp --tcp-flags ALL ACK,SYN -j DROP',
    ],
    [
      { jump: 'LOG', log_prefix: 'no entry', log_level: 'info', limit: '2/second', limit_burst: '20' },
      '-j LOG --log-prefix no entry --log-level info -m limit --limit 2/second --limit-burst 20',
    ],
    [{ jump: 'TEE', gateway: '10.0.0.1' }, '-j TEE --gateway 10.0.0.1'],
    [{ reject_with: 'tcp-reset', protocol: 'tcp' }, '-p tcp -j REJECT --reject-with tcp-reset'],
    [{ jump: 'DNAT', to_destination: '10.0.0.2:80' }, '-j DNAT --to-destination 10.0.0.2:80'],
    [
      { src_range: '10.0.0.1-10.0.0.9', jump: 'ACCEPT' },
      '-j ACCEPT -m iprange --src-range 10.0.0.1-10.0.0.9',
    ],
    [
      { match_set: 'admins', match_set_flags: 'src', jump: 'ACCEPT' },
      '-j ACCEPT -m set --match-set admins src',
    ],
    [{ uid_owner: '!33', jump: 'DROP' }, '-j DROP -m owner ! --uid-owner 33'],
    [{ syn: 'negate', protocol: 'tcp' }, '-p tcp ! --syn'],
    [{ ip_version: 'ipv6', protocol: 'icmpv6', icmp_type: '128' }, '-p icmpv6 --icmpv6-type 128'],
    [{ jump: 'ACCEPT', comment: "bob's" }, "-j ACCEPT -m comment --comment bob's"],
  ])('%j', (args, words) => {
    expect(iptablesWords(args).join(' ')).toBe(words)
  })
})

describe('iptables', () => {
  const plan = (args: object, state: object = {}) =>
    iptables.plan({
      args: { chain: 'INPUT', ...args },
      state: { rule: undefined, chain: true, policy: 'ACCEPT', rules: 0, ...state },
      mode: 'apply',
    })

  it.each([
    [{ jump: 'ACCEPT' }, { rule: false }, ['rule']],
    [{ jump: 'ACCEPT' }, { rule: true }, []],
    [{ jump: 'ACCEPT', state: 'absent' }, { rule: true }, ['rule']],
    [{ policy: 'DROP' }, {}, ['policy']],
    [{ policy: 'ACCEPT' }, {}, []],
    [{ flush: true }, { rules: 3 }, ['rules']],
    [{ flush: true }, {}, []],
    [{ chain: 'MINE', chain_management: true }, { chain: false }, ['chain']],
    [{ chain: 'MINE', chain_management: true, state: 'absent' }, {}, ['chain']],
    [
      { chain: 'MINE', chain_management: true, jump: 'ACCEPT' },
      { chain: false, rule: false },
      ['chain', 'rule'],
    ],
  ])('%j with %j changes %j', (args, state, fields) => {
    expect(fieldsOf({ changes: plan(args, state) })).toEqual(fields)
  })
})
