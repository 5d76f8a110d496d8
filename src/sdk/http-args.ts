import { t } from './args.ts'

/** Arguments of the modules that ask web servers. */
export const httpArgs = {
  url: t.String({
    description: 'The address, `http://` or `https://`.',
    pattern: '^[A-Za-z][A-Za-z0-9+.-]*://\\S+$',
  }),
  headers: t.Optional(
    t.Map(t.String({ description: 'A header.' }), { description: 'Headers of the request.' }),
  ),
  timeout: t.Optional(
    t.Integer({
      description: 'Seconds to connect in, and to wait for the next byte.',
      minimum: 1,
      default: 30,
    }),
  ),
  validate_certs: t.Optional(t.Boolean({ description: "Check the server's certificate.", default: true })),
  url_username: t.Optional(t.String({ description: 'User name for the server.' })),
  url_password: t.Optional(t.Secret({ description: 'Password for the server.' })),
  force_basic_auth: t.Optional(
    t.Boolean({
      description: 'Accepted for compatibility: name and password always go with the first request.',
      default: false,
    }),
  ),
  client_cert: t.Optional(t.Path({ description: 'A client certificate (PEM) on the host.' })),
  client_key: t.Optional(t.Path({ description: 'Its key, when it is not in the same file.' })),
  ca_path: t.Optional(t.Path({ description: 'Certificates (PEM) on the host to trust instead of its own.' })),
  use_proxy: t.Optional(
    t.Boolean({ description: 'Use the proxy that the environment names.', default: true }),
  ),
  http_agent: t.Optional(t.String({ description: 'What to say in `User-Agent`.', default: 'tsplay' })),
  unix_socket: t.Optional(t.Path({ description: 'A socket on the host to ask through.' })),
}

export const httpAliases = {
  user: 'url_username',
  username: 'url_username',
  password: 'url_password',
} as const

export interface HttpArgs {
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly timeout?: number
  readonly validate_certs?: boolean
  readonly url_username?: string
  readonly url_password?: string
  readonly client_cert?: string
  readonly client_key?: string
  readonly ca_path?: string
  readonly use_proxy?: boolean
  readonly http_agent?: string
  readonly unix_socket?: string
}
