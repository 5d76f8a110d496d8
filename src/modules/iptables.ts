import type { Change } from '#model/change.ts'
import { type IptablesArgs, iptablesArgs, iptablesWords } from '#sdk/iptables-words.ts'
import { defineModule, TaskFailure } from '#sdk/module.ts'
import { inOrder, type Script, sh } from '#sdk/quote.ts'

interface State {
  /** The rule is there; undefined when no rule was asked for. */
  readonly rule: boolean | undefined
  readonly chain: boolean
  /** The chain's policy; empty for chains of one's own. */
  readonly policy: string
  readonly rules: number
}

export default defineModule({
  summary: 'Manages rules, chains and policies of iptables.',
  description:
    'A rule is looked for with `-C` and set with `-A`, `-I` or `-D`. Nothing is kept for the next boot; ' +
    '`iptables-save` or the package iptables-persistent do that.',
  args: iptablesArgs,
  examples: [
    {
      title: 'Let web traffic in',
      args: { chain: 'INPUT', protocol: 'tcp', destination_ports: ['80', '443'], jump: 'ACCEPT' },
    },
    { title: 'Drop what nothing lets in', args: { chain: 'INPUT', policy: 'DROP' } },
    {
      title: 'Masquerade',
      args: { table: 'nat', chain: 'POSTROUTING', out_interface: 'eth0', jump: 'MASQUERADE' },
    },
  ],

  async probe({ args, host }): Promise<State> {
    const { stdout, stderr, rc } = await host.read(question(args), {
      reads: [{ kind: 'firewall' }, { kind: 'package' }],
    })
    if (rc !== 0) throw new TaskFailure(`iptables cannot be asked: ${stderr.trim()}`)
    const [rule, chain, rules, policy = ''] = stdout.split('\n')
    return {
      rule: rule === '-' ? undefined : rule === '0',
      chain: chain === '0',
      policy,
      rules: Number(rules),
    }
  },

  plan({ args, state }): readonly Change[] {
    if (args.flush) return state.rules > 0 ? [{ field: 'rules', before: state.rules, after: 0 }] : []
    if (args.chain === undefined) throw new TaskFailure('`chain` is missing.')
    if (args.policy === undefined) return [...chainChange(args, state), ...ruleChange(args, state)]
    return state.policy === args.policy ? [] : [{ field: 'policy', before: state.policy, after: args.policy }]
  },

  async apply({ args, changes, host }) {
    await host.run(inOrder(changes.map(({ field }) => command(args, field))))
  },

  result({ args }) {
    const { chain, table = 'filter', ip_version = 'ipv4', state = 'present' } = args
    return { data: { chain, table, ip_version, state, rule: iptablesWords(args).join(' ') } }
  },

  writesOnce: () => true,

  touches: () => [{ kind: 'firewall' }, { kind: 'network' }],
})

const presence = (present: boolean): string => (present ? 'present' : 'absent')

/** A chain is removed only when nothing but the chain was meant. */
function chainChange(args: IptablesArgs, { chain, rule }: State): readonly Change[] {
  const wanted = args.state !== 'absent'
  if (!args.chain_management || chain === wanted || (!wanted && rule !== undefined)) return []
  return [{ field: 'chain', before: presence(chain), after: presence(wanted) }]
}

function ruleChange(args: IptablesArgs, { rule }: State): readonly Change[] {
  const wanted = args.state !== 'absent'
  if (rule === undefined || rule === wanted) return []
  const text = iptablesWords(args).join(' ')
  return [{ field: 'rule', before: wanted ? 'absent' : text, after: wanted ? text : 'absent' }]
}

const program = ({ ip_version: version }: IptablesArgs): string =>
  version === 'ipv6' ? 'ip6tables' : 'iptables'

/** Words before the action: the lock is waited for, since other programs change rules as well. */
function base(args: IptablesArgs): readonly string[] {
  const seconds = args.wait ?? '5'
  return [program(args), ...(seconds === '' ? [] : ['-w', seconds]), '-t', args.table ?? 'filter']
}

/** Four lines: whether the rule is there, whether the chain is, how many rules there are, the policy. */
function question(args: IptablesArgs): Script {
  const call = base(args)
  const chain = args.chain ?? ''
  const words = iptablesWords(args)
  const rule =
    words.length === 0 || args.flush ? sh`echo -` : sh`${call} -C ${chain} ${words} 2>/dev/null; echo $?`
  return sh`PATH=$PATH:/sbin:/usr/sbin
listed=$(${call} -S) || exit 3
${rule}
${call} -S ${chain === '' ? [] : [chain]} >/dev/null 2>&1; echo $?
printf '%s\n' "$listed" | grep -c ${chain === '' ? '^-A ' : `^-A ${chain} `}
printf '%s\n' "$listed" | awk -v chain=${chain} '$1 == "-P" && $2 == chain { print $3 }'`
}

function command(args: IptablesArgs, field: string): Script {
  const call = base(args)
  const { chain = '' } = args
  if (field === 'rules') return sh`${call} -F ${chain === '' ? [] : [chain]}`
  if (field === 'policy') return sh`${call} -P ${chain} ${args.policy ?? ''}`
  if (field === 'chain') return args.state === 'absent' ? sh`${call} -X ${chain}` : sh`${call} -N ${chain}`
  const words = iptablesWords(args)
  if (args.state === 'absent') return sh`${call} -D ${chain} ${words}`
  if (args.action !== 'insert') return sh`${call} -A ${chain} ${words}`
  return sh`${call} -I ${chain} ${args.rule_num === undefined ? [] : [args.rule_num]} ${words}`
}
