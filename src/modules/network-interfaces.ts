import fileContent from '#facts/file-content.ts'
import type { Change } from '#model/change.ts'
import { type Static, t } from '#sdk/args.ts'
import { type Interface, readInterface, removeInterface, setInterface } from '#sdk/interfaces-text.ts'
import { defineModule, TaskFailure } from '#sdk/module.ts'
import { raw } from '#sdk/quote.ts'

const args = t.Args({
  interfaces: t.List(
    t.Object(
      {
        name: t.String({ description: 'The interface: `vmbr0`.', pattern: '^[^\\s/]{1,15}$' }),
        state: t.Optional(
          t.Choice(['present', 'absent'], { description: 'Whether the file has it.', default: 'present' }),
        ),
        family: t.Optional(t.Choice(['inet', 'inet6'], { description: 'Version of IP.', default: 'inet' })),
        method: t.Optional(
          t.Choice(['manual', 'static', 'dhcp', 'loopback', 'auto'], {
            description: 'Where its address comes from.',
            default: 'manual',
          }),
        ),
        auto: t.Optional(t.Boolean({ description: 'Whether it comes up at boot.', default: true })),
        options: t.Optional(
          t.Map(t.Strings({ description: 'Its value; a list gives several lines.' }), {
            description: '`{ address: 10.10.0.2/24, gateway: 10.10.0.1, bridge-ports: eno1 }`.',
          }),
        ),
      },
      { description: 'An interface.' },
    ),
    { description: 'Interfaces; others in the file stay as they are.', minItems: 1 },
  ),
  path: t.Optional(t.Path({ description: 'The file.', default: '/etc/network/interfaces' })),
  apply: t.Optional(
    t.Boolean({
      description: 'Let ifupdown2 check the file before it is put in place, and take it up afterwards.',
      default: true,
    }),
  ),
})

type Args = Static<typeof args>

export default defineModule({
  summary: 'Keeps network interfaces of ifupdown2 and takes them up.',
  description: `Writes \`/etc/network/interfaces\` as Proxmox does, and has \`ifreload -a\` change what differs; interfaces that
stay the same stay up. Nothing is applied when nothing changed. A file that \`ifup --syntax-check\` refuses is never put in
place.

Use it with \`confirm: 90s\` on the task: if no new connection reaches the host within that time, the host puts the old
file back and reloads it by itself.`,
  args,
  examples: [
    {
      title: 'A bridge for guests',
      args: {
        interfaces: [
          { name: 'eno1', auto: false },
          {
            name: 'vmbr0',
            method: 'static',
            options: {
              address: '10.10.0.2/24',
              gateway: '10.10.0.1',
              'bridge-ports': 'eno1',
              'bridge-stp': 'off',
              'bridge-fd': '0',
            },
          },
        ],
      },
    },
    { title: 'Remove a bridge', args: { interfaces: [{ name: 'vmbr9', state: 'absent' }], apply: false } },
  ],

  probe: ({ args, host }) => host.fact(fileContent, args.path ?? '/etc/network/interfaces'),

  plan({ args, state }): readonly Change[] {
    if (state.exists && state.text === undefined) throw new TaskFailure(`${state.path} cannot be read.`)
    const before = state.text ?? ''
    const after = wantedText(args, before)
    if (after === before) return []
    const diff = { path: state.path, before: state.exists ? before : undefined, after }
    const changed = args.interfaces.filter(
      ({ name, family = 'inet' }) => summary(before, name, family) !== summary(after, name, family),
    )
    return changed.map(({ name, family = 'inet' }, i) => ({
      field: family === 'inet' ? name : `${name} ${family}`,
      before: summary(before, name, family),
      after: summary(after, name, family),
      ...(i === 0 ? { diff } : {}),
    }))
  },

  async apply({ args, state, host }) {
    const applies = args.apply !== false
    if (applies) await host.run(raw(needsIfupdown2))
    await host.write({
      path: state.path,
      content: wantedText(args, state.text ?? ''),
      mode: state.exists ? state.mode : 0o644,
      // ifreload has no option for another file, ifup has: see ifupdown2's argv.py.
      ...(applies ? { validate: 'ifup -a --syntax-check --interfaces %s' } : {}),
    })
    if (applies) await host.run(['ifreload', '-a'])
  },

  touches: ({ state }) => [{ kind: 'path', name: state.path }, { kind: 'network' }],
})

const needsIfupdown2 =
  "command -v ifreload >/dev/null 2>&1 || { echo 'There is no ifreload: install ifupdown2 first, or say apply: false.' >&2; exit 1; }"

function wantedText({ interfaces }: Args, text: string): string {
  return interfaces.reduce(
    (now, { name, state, family = 'inet', method = 'manual', auto = true, options = {} }) =>
      state === 'absent'
        ? removeInterface(now, name)
        : setInterface(now, { name, family, method, auto, options: linesOf(options) }),
    text,
  )
}

function linesOf(options: Readonly<Record<string, readonly string[]>>): Interface['options'] {
  return Object.fromEntries(
    Object.entries(options).map(([key, values]) => [key, values.length === 1 ? (values[0] ?? '') : values]),
  )
}

function summary(text: string, name: string, family: string): string {
  const found = readInterface(text, name, family)
  if (!found) return 'absent'
  const options = Object.entries(found.options).map(([key, value]) => `${key} ${[value].flat().join(' ')}`)
  return [`${found.auto ? 'auto ' : ''}${found.method}`, ...options].join(', ')
}
