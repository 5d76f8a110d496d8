import { type Static, t } from '../args.ts'
import { recordTypes } from './record-text.ts'

export const route53Args = t.Args({
  state: t.Optional(
    t.Choice(['present', 'absent'], {
      description: 'Whether the record is there. `absent` removes it with all its values.',
      default: 'present',
    }),
  ),
  zone_id: t.Optional(
    t.String({
      description: 'The id of the hosted zone: `Z09949422RI3FRSRW9V66`. Or give `zone`.',
      minLength: 1,
    }),
  ),
  zone: t.Optional(
    t.String({
      description: 'The domain of the hosted zone, which has to be the only public one of that name.',
      minLength: 1,
    }),
  ),
  name: t.String({ description: 'The whole name, with or without a dot at its end.', minLength: 1 }),
  type: t.Optional(t.Choice(recordTypes, { description: 'The type of the record.', default: 'A' })),
  ttl: t.Optional(
    t.Integer({
      description: 'For how many seconds others may remember it.',
      default: 300,
      minimum: 0,
      maximum: 2_147_483_647,
    }),
  ),
  values: t.Optional(
    t.Strings({ description: 'Its values, in any order: all of them. TXT is quoted where it is not yet.' }),
  ),
  comment: t.Optional(t.String({ description: 'Kept with the change in Route53.', maxLength: 256 })),
  wait: t.Optional(
    t.Boolean({ description: 'Wait until all servers of Route53 have a change.', default: true }),
  ),
  wait_timeout: t.Optional(
    t.Integer({ description: 'For how many seconds at most.', default: 300, minimum: 1 }),
  ),
  access_key: t.Optional(
    t.String({
      description:
        'The id of a key, with `secret_key`. Left out: environment, profile, or what else the machine has.',
    }),
  ),
  secret_key: t.Optional(t.Secret({ description: 'The key. Keep it in a vault.' })),
  session_token: t.Optional(t.Secret({ description: 'Of a key that lives for hours.' })),
  profile: t.Optional(t.String({ description: "A profile of the AWS CLI's files." })),
  endpoint: t.Optional(
    t.String({
      description:
        'Another service that speaks the API; `AWS_ENDPOINT_URL_ROUTE_53` and `AWS_ENDPOINT_URL` do as well.',
    }),
  ),
})

export type Route53Args = Static<typeof route53Args>
