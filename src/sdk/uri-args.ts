import { type Static, t } from './args.ts'
import { attributeArgs } from './file-attributes.ts'
import { httpArgs } from './http-args.ts'

/** The arguments of `uri`. */
export const uriArgs = t.Args({
  ...httpArgs,
  method: t.Optional(
    t.String({ description: 'The method, `GET` or any other.', pattern: '^[A-Za-z]+$', default: 'GET' }),
  ),
  body: t.Optional(t.Any({ description: 'What to send; written as `body_format` says.' })),
  body_format: t.Optional(
    t.Choice(['raw', 'json', 'form-urlencoded', 'form-multipart'], {
      description: 'How the body is written. Sets `Content-Type` unless `headers` do.',
      default: 'raw',
    }),
  ),
  src: t.Optional(
    t.String({
      description: 'A file to send instead of `body`: of the controller, or of the host with `remote_src`.',
    }),
  ),
  remote_src: t.Optional(t.Boolean({ description: '`src` is on the host.', default: false })),
  status_code: t.Optional(
    t.List(t.Integer({ description: 'A status.' }), {
      description: 'Statuses that count as success.',
      default: [200],
    }),
  ),
  return_content: t.Optional(
    t.Boolean({ description: 'Register the body as `content`, also of a success.', default: false }),
  ),
  follow_redirects: t.Optional(
    t.Choice(['all', 'safe', 'none', 'yes', 'no', 'urllib2'], {
      description: 'Which redirects are followed; `safe`: those of GET and HEAD.',
      default: 'safe',
    }),
  ),
  dest: t.Optional(t.Path({ description: 'A file of the host, or a folder, to write the body to.' })),
  ...attributeArgs,
  creates: t.Optional(t.String({ description: 'Nothing is asked when this path or pattern finds a file.' })),
  removes: t.Optional(
    t.String({ description: 'Nothing is asked unless this path or pattern finds a file.' }),
  ),
})

export type UriArgs = Static<typeof uriArgs>
