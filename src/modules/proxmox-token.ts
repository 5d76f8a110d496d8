import proxmoxAccess, { type ProxmoxAccess } from '#facts/proxmox-access.ts'
import type { Change } from '#model/change.ts'
import { Secret } from '#model/secret.ts'
import { type Static, t } from '#sdk/args.ts'
import type { CommandResult } from '#sdk/host.ts'
import { fieldsIn, parseJson, textIn } from '#sdk/json-text.ts'
import { defineModule, TaskFailure } from '#sdk/module.ts'
import { aclArgument, aclChange, aclDifference, aclScripts } from '#sdk/proxmox-acl.ts'
import { inOrder, sh } from '#sdk/quote.ts'

const args = t.Args({
  userid: t.String({
    description: 'Whose token it is: `ops@pve`.',
    pattern: '^[^\\s:/@]+@[A-Za-z][A-Za-z0-9._-]+$',
  }),
  tokenid: t.String({ description: 'Its name.', pattern: '^[A-Za-z][A-Za-z0-9._-]+$' }),
  state: t.Optional(
    t.Choice(['present', 'absent'], { description: 'Whether it exists.', default: 'present' }),
  ),
  comment: t.Optional(t.String({ description: 'Notes.' })),
  expire: t.Optional(
    t.Integer({ description: 'When it ends, in seconds since 1970; 0: never.', minimum: 0 }),
  ),
  privsep: t.Optional(
    t.Boolean({ description: 'Whether it has rights of its own, at most those of its user.', default: true }),
  ),
  acl: aclArgument,
  secret_file: t.Optional(
    t.String({
      description: 'A file on the machine tsplay runs on, which gets the secret; relative to the playbook.',
      minLength: 1,
    }),
  ),
  rotate: t.Optional(
    t.Boolean({ description: 'Make it anew, with another secret, each time.', default: false }),
  ),
})

type Args = Static<typeof args>

interface State {
  readonly access: ProxmoxAccess
  /** Whether `secret_file` is there; undefined when none was named. */
  readonly kept: boolean | undefined
}

export default defineModule({
  summary: 'Manages API tokens of Proxmox VE.',
  description: `The secret is told once, when the token is made, and nobody can ask for it again. It is registered as \`value\`, which
is masked wherever it would be shown, and written to \`secret_file\`, readable for you alone. When a token exists and its
\`secret_file\` does not, the task fails and says so: the way out is \`rotate: true\`, once.`,
  args,
  examples: [
    {
      title: 'A token that may look at everything',
      args: {
        userid: 'monitor@pve',
        tokenid: 'metrics',
        acl: [{ path: '/', role: 'PVEAuditor' }],
        secret_file: 'secrets/monitor-metrics',
      },
    },
    { title: 'Remove it', args: { userid: 'monitor@pve', tokenid: 'metrics', state: 'absent' } },
  ],
  settles: ({ rotate }) => !rotate,

  async probe({ args, host, controller }): Promise<State> {
    const [access, kept] = await Promise.all([
      host.fact(proxmoxAccess, args.userid),
      args.secret_file === undefined ? undefined : isThere(controller.file(args.secret_file, 'written')),
    ])
    return { access, kept }
  },

  plan({ args, state: { access, kept }, mode }): readonly Change[] {
    if (access.unsupported && mode === 'apply' && args.state !== 'absent')
      throw new TaskFailure('The host has no Proxmox VE: there is no pvesh.')
    if (access.error !== '')
      throw new TaskFailure(`Proxmox does not say which users there are: ${access.error}`)
    const present = access.tokens.get(args.tokenid)
    if (args.state === 'absent')
      return present ? [{ field: 'state', before: 'present', after: 'absent' }] : []
    if (!access.user && mode === 'apply') {
      throw new TaskFailure(
        `There is no user ${args.userid} to have a token; make it first, with proxmox_user.`,
      )
    }
    const rights = aclChange(args.acl, access.acl.get(fullName(args)))
    if (!present) return [{ field: 'state', before: 'absent', after: 'present' }, ...rights]
    if (args.rotate) return [{ field: 'secret', before: 'old', after: 'new' }, ...rights]
    if (kept === false) {
      throw new TaskFailure(
        `The token ${fullName(args)} exists, but its secret is not in ${args.secret_file}, and Proxmox does not tell it again. Use \`rotate: true\` once to make it anew, or remove \`secret_file\`.`,
      )
    }
    return [...fieldChanges(args, present), ...rights]
  },

  async apply({ args, state: { access }, changes, host, controller }) {
    const { userid, tokenid } = args
    const fields = changes.map(({ field }) => field)
    if (args.state === 'absent') {
      await host.run(sh`pveum user token delete ${userid} ${tokenid}`)
      return undefined
    }
    const options = Object.entries(wantedFields(args)).flatMap(([name, value]) => [`--${name}`, value])
    const isNew = fields.includes('state') || fields.includes('secret')
    const rights = aclScripts(
      'tokens',
      fullName(args),
      aclDifference(args.acl, presentRights(args, access, fields)),
    )
    const secret = isNew
      ? secretIn(
          await host.run(
            inOrder([
              fields.includes('secret')
                ? sh`pveum user token delete ${userid} ${tokenid} >/dev/null`
                : undefined,
              sh`pveum user token add ${userid} ${tokenid} ${options} --output-format json`,
            ]),
          ),
        )
      : undefined
    if (secret && args.secret_file !== undefined)
      await controller.write(args.secret_file, bytesOf(`${secret.reveal()}\n`), { mode: 0o600 })
    if (!isNew && fields.some((field) => field !== 'acl')) {
      await host.run(sh`pveum user token modify ${userid} ${tokenid} ${options}`)
    }
    if (rights.length > 0) await host.run(inOrder(rights))
    return secret
  },

  result: ({ args, applied }) => ({
    data: { full_tokenid: fullName(args), ...(applied ? { value: applied } : {}) },
  }),

  touches: () => [{ kind: 'proxmox' }],
})

const fullName = ({ userid, tokenid }: Args): string => `${userid}!${tokenid}`

const isThere = (file: Promise<unknown>): Promise<boolean> =>
  file.then(
    () => true,
    (error: unknown) => {
      if (error instanceof TaskFailure) return false
      throw error
    },
  )

/** With a token go its rights. */
const presentRights = (args: Args, access: ProxmoxAccess, fields: readonly string[]) =>
  fields.includes('secret') ? [] : access.acl.get(fullName(args))

function wantedFields({ comment, expire, privsep = true }: Args): Readonly<Record<string, string>> {
  return {
    privsep: String(Number(privsep)),
    ...(comment === undefined ? {} : { comment }),
    ...(expire === undefined ? {} : { expire: String(expire) }),
  }
}

function fieldChanges(args: Args, present: ReadonlyMap<string, string>): readonly Change[] {
  const byDefault: Readonly<Record<string, string>> = { privsep: '1', expire: '0' }
  return Object.entries(wantedFields(args)).flatMap(([field, after]) => {
    const before = present.get(field) ?? byDefault[field] ?? ''
    return before === after ? [] : [{ field, before, after }]
  })
}

/** `{"full-tokenid": …, "info": {…}, "value": …}`, the only time it is told. */
function secretIn({ stdout }: CommandResult): Secret {
  const value = textIn(fieldsIn(parseJson(stdout.trim().split('\n').at(-1) ?? ''))['value'])
  if (value === undefined)
    throw new TaskFailure('Proxmox made the token, but did not tell its secret. Use `rotate: true`.')
  return new Secret(value)
}

async function* bytesOf(text: string): AsyncIterable<Uint8Array> {
  yield new TextEncoder().encode(text)
}
