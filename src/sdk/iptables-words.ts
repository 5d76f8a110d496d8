import { type Static, t } from './args.ts'

const text = (description: string) => t.Optional(t.String({ description }))
const texts = (description: string) => t.Optional(t.Strings({ description }))

/** The arguments of the module `iptables`; most accept a leading `!` for the opposite. */
export const iptablesArgs = t.Args({
  chain: text('The chain: `INPUT`, or one of your own.'),
  table: t.Optional(
    t.Choice(['filter', 'nat', 'mangle', 'raw', 'security'], {
      description: 'The table.',
      default: 'filter',
    }),
  ),
  state: t.Optional(
    t.Choice(['present', 'absent'], {
      description: 'Whether the rule (or chain) exists.',
      default: 'present',
    }),
  ),
  action: t.Optional(
    t.Choice(['append', 'insert'], { description: 'Where a new rule goes.', default: 'append' }),
  ),
  rule_num: text('Number that an inserted rule gets.'),
  ip_version: t.Optional(t.Choice(['ipv4', 'ipv6'], { description: 'Which firewall.', default: 'ipv4' })),
  chain_management: t.Optional(
    t.Boolean({ description: 'Create (or remove) the chain itself when it is missing.', default: false }),
  ),
  policy: t.Optional(
    t.Choice(['ACCEPT', 'DROP', 'QUEUE', 'RETURN'], {
      description: 'What happens to packets that no rule of the chain takes.',
    }),
  ),
  flush: t.Optional(
    t.Boolean({ description: 'Remove all rules, of the chain or of the table.', default: false }),
  ),
  protocol: text('Protocol: `tcp`, `udp`, `icmp`, …'),
  source: text('Address or network that packets come from.'),
  destination: text('Address or network that packets go to.'),
  match: texts('Extensions to load: `multiport`, …'),
  jump: text('What happens to the packet: `ACCEPT`, `DROP`, a chain, …'),
  gateway: text('With `jump: TEE`: where the copy goes.'),
  goto: text('Chain to go on in, without coming back.'),
  log_prefix: text('With `jump: LOG`: what the line begins with.'),
  log_level: text('With `jump: LOG`: its level.'),
  in_interface: text('Interface that packets come in by.'),
  out_interface: text('Interface that packets go out by.'),
  fragment: text('Only later fragments.'),
  set_counters: text('Counters of a new rule.'),
  source_port: text('Port or range that packets come from.'),
  destination_port: text('Port or range that packets go to: `80`, `1024:2048`.'),
  destination_ports: texts('Several ports.'),
  to_ports: text('Ports for `REDIRECT`, `MASQUERADE`.'),
  to_destination: text('New destination, for `DNAT`.'),
  to_source: text('New source, for `SNAT`.'),
  tcp_flags: t.Optional(
    t.Object(
      {
        flags: t.Strings({ description: 'Flags to look at.' }),
        flags_set: t.Strings({ description: 'Flags of these that must be set.' }),
      },
      { description: 'Which flags of TCP must be set.' },
    ),
  ),
  syn: t.Optional(
    t.Choice(['ignore', 'match', 'negate'], {
      description: 'Whether packets open a connection.',
      default: 'ignore',
    }),
  ),
  ctstate: texts('States of the connection: `ESTABLISHED`, `RELATED`, `NEW`.'),
  src_range: text('Range of addresses that packets come from.'),
  dst_range: text('Range of addresses that packets go to.'),
  match_set: text('Name of an ipset.'),
  match_set_flags: text('Which part the ipset is about: `src`, `dst`, …'),
  limit: text('Average rate: `2/second`.'),
  limit_burst: text('Burst before the rate counts.'),
  uid_owner: text('User whose packets are meant.'),
  gid_owner: text('Group whose packets are meant.'),
  reject_with: text('Kind of the refusal.'),
  icmp_type: text('Type of ICMP packets.'),
  set_dscp_mark: text('DSCP mark to set.'),
  set_dscp_mark_class: text('DSCP class to set.'),
  comment: text('A comment on the rule.'),
  wait: t.Optional(
    t.String({ description: 'Seconds to wait for other programs; empty for none.', default: '5' }),
  ),
})

export type IptablesArgs = Static<typeof iptablesArgs>

/** The words of a rule, in the order in which Ansible writes them, so that either tool finds the other's. */
export function iptablesWords(args: IptablesArgs): readonly string[] {
  return [...addresses(args), ...matches(args), ...ends(args)]
}

/** `! value` becomes `! -p value`. */
function option(name: string, value: string | undefined): readonly string[] {
  if (value === undefined) return []
  if (!value.startsWith('!')) return [name, value]
  return ['!', name, value.slice(1).trim()]
}

const list = (name: string, values: readonly string[] | undefined): readonly string[] =>
  values && values.length > 0 ? [name, values.join(',')] : []

function addresses(args: IptablesArgs): readonly string[] {
  const flags = args.tcp_flags
  return [
    ...option('-p', args.protocol),
    ...option('-s', args.source),
    ...option('-d', args.destination),
    ...(args.match ?? []).flatMap((name) => ['-m', name]),
    ...(flags ? ['--tcp-flags', flags.flags.join(','), flags.flags_set.join(',')] : []),
    ...option('-j', args.jump),
    ...(args.jump?.toLowerCase() === 'tee' ? option('--gateway', args.gateway) : []),
    ...option('--log-prefix', args.log_prefix),
    ...option('--log-level', args.log_level),
    ...option('--to-destination', args.to_destination),
    ...(args.destination_ports?.length
      ? ['-m', 'multiport', '--dports', args.destination_ports.join(',')]
      : []),
    ...option('--to-source', args.to_source),
    ...option('-g', args.goto),
  ]
}

function matches(args: IptablesArgs): readonly string[] {
  return [
    ...option('-i', args.in_interface),
    ...option('-o', args.out_interface),
    ...option('-f', args.fragment),
    ...option('-c', args.set_counters),
    ...option('--source-port', args.source_port),
    ...option('--destination-port', args.destination_port),
    ...option('--to-ports', args.to_ports),
    ...option('--set-dscp', args.set_dscp_mark),
    ...option('--set-dscp-class', args.set_dscp_mark_class),
    ...(args.syn === 'match' ? ['--syn'] : args.syn === 'negate' ? ['!', '--syn'] : []),
    ...setWords(args),
    ...conntrack(args),
    ...rangeWords(args),
  ]
}

function setWords(args: IptablesArgs): readonly string[] {
  const { match_set: name, match_set_flags: flags = 'src' } = args
  return name === undefined ? [] : [...extension(args, 'set'), ...option('--match-set', name), flags]
}

function rangeWords(args: IptablesArgs): readonly string[] {
  const words = [...option('--src-range', args.src_range), ...option('--dst-range', args.dst_range)]
  return words.length === 0 ? [] : [...extension(args, 'iprange'), ...words]
}

/** Loads an extension, unless the task does that itself. */
const extension = ({ match = [] }: IptablesArgs, name: string): readonly string[] =>
  match.includes(name) ? [] : ['-m', name]

function conntrack({ ctstate = [], match = [] }: IptablesArgs): readonly string[] {
  if (ctstate.length === 0) return []
  if (match.includes('state')) return list('--state', ctstate)
  return [...(match.includes('conntrack') ? [] : ['-m', 'conntrack']), ...list('--ctstate', ctstate)]
}

function ends(args: IptablesArgs): readonly string[] {
  const limited = args.limit !== undefined || args.limit_burst !== undefined
  const owner = (name: string, id: string | undefined): readonly string[] =>
    id === undefined ? [] : ['-m', 'owner', ...option(name, id)]
  const rejects = args.reject_with !== undefined && args.jump === undefined
  return [
    ...(limited
      ? ['-m', 'limit', ...option('--limit', args.limit), ...option('--limit-burst', args.limit_burst)]
      : []),
    ...owner('--uid-owner', args.uid_owner),
    ...owner('--gid-owner', args.gid_owner),
    ...(rejects ? ['-j', 'REJECT'] : []),
    ...option('--reject-with', args.reject_with),
    ...option(args.ip_version === 'ipv6' ? '--icmpv6-type' : '--icmp-type', args.icmp_type),
    ...(args.comment === undefined ? [] : ['-m', 'comment', '--comment', args.comment]),
  ]
}
