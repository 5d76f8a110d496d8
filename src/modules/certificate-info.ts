import fileContent from '#facts/file-content.ts'
import { t } from '#sdk/args.ts'
import { type CertificateFacts, certificatesIn } from '#sdk/certificate.ts'
import { defineModule, TaskFailure } from '#sdk/module.ts'
import { sh } from '#sdk/quote.ts'

interface State {
  readonly places: readonly Place[]
}

/** A file, or a server. */
interface Place {
  readonly path: string
  readonly certificates: readonly CertificateFacts[] | undefined
}

export default defineModule({
  summary:
    'Reads certificates of files of the host, and of servers: whose they are, what for, and until when.',
  description: `It reads PEM files and the certificates inside of kubeconfigs, and asks servers, from the host, by openssl: what they
show is read, whether it can be trusted is not looked at. The result has \`certificates\` (with the path or address of each,
\`subject\`, \`issuer\`, \`not_after\`, \`days_left\`, \`names\`, \`sha256\`), \`missing\` paths and addresses, \`days_left\` of the one that expires first,
and \`expires_soon\`. Private keys in the files are not looked at.`,
  args: t.Args({
    path: t.Optional(t.List(t.Path({ description: 'A file of the host.' }), { description: 'The files.' })),
    address: t.Optional(
      t.Strings({
        description: 'Servers, as `HOST:PORT`. Their own certificate comes before those that vouch for it.',
      }),
    ),
    server_name: t.Optional(
      t.String({
        description: 'The name that servers are asked for. Default: what stands before `:PORT`.',
        minLength: 1,
      }),
    ),
    warn_days: t.Optional(
      t.Integer({ description: 'What expires in fewer days expires soon.', default: 30, minimum: 0 }),
    ),
  }),
  argumentAliases: { paths: 'path', server: 'address' },
  examples: [
    { title: 'The certificate of a server', args: { path: ['/etc/ssl/certs/site.pem'] } },
    {
      title: 'What a server shows for a name',
      args: { address: ['10.10.0.220:443'], server_name: 'demo.example.com', warn_days: 20 },
    },
    {
      title: 'Those of a control plane',
      args: { path: ['/etc/kubernetes/pki/apiserver.crt', '/etc/kubernetes/admin.conf'], warn_days: 60 },
    },
  ],

  async probe({ args, host, controller }): Promise<State> {
    const { path: paths = [], address: addresses = [], server_name } = args
    if (paths.length + addresses.length === 0) throw new TaskFailure('Give `path` or `address`.')
    const now = controller.now()
    const files = paths.map(async (path): Promise<Place> => {
      const { exists, text } = await host.fact(fileContent, path)
      return { path, certificates: exists ? read(path, text, now) : undefined }
    })
    const servers = addresses.map(async (address): Promise<Place> => {
      const name = server_name ?? address.replace(/:\d+$/, '')
      // A server that says nothing would hold the host up.
      const { stdout } = await host.read(
        sh`timeout 10 openssl s_client -connect ${address} -servername ${name} -showcerts </dev/null 2>&1`,
      )
      if (/openssl: (command )?not found|No such file/.test(stdout))
        throw new TaskFailure(`The host has no openssl, by which ${address} is asked: install it there.`)
      const found = certificatesIn(stdout, now)
      return { path: address, certificates: found.length > 0 ? found : undefined }
    })
    return { places: await Promise.all([...files, ...servers]) }
  },

  plan: () => [],

  result({ args, state: { places } }) {
    const { warn_days = 30 } = args
    const certificates = places.flatMap(({ path, certificates: found = [] }) =>
      found.map((one) => ({ path, ...one })),
    )
    const days = certificates.map(({ days_left }) => days_left)
    const least = days.length === 0 ? undefined : Math.min(...days)
    const soon = certificates.filter(({ days_left }) => days_left < warn_days)
    return {
      data: {
        certificates,
        missing: places.filter(({ certificates: found }) => found === undefined).map(({ path }) => path),
        expires_soon: soon.length > 0,
        ...(least === undefined ? {} : { days_left: least }),
      },
      warnings: soon.map(({ path, days_left, not_after }) =>
        days_left < 0
          ? `${path} has expired on ${not_after}.`
          : `${path} expires in ${days_left} days, on ${not_after}.`,
      ),
    }
  },
})

function read(path: string, text: string | undefined, now: Date): readonly CertificateFacts[] {
  if (text === undefined) throw new TaskFailure(`${path} cannot be read, or is no file.`)
  try {
    const found = certificatesIn(text, now)
    if (found.length > 0) return found
  } catch (error) {
    throw new TaskFailure(`${path} holds a certificate that cannot be read.`, {}, { cause: error })
  }
  throw new TaskFailure(`${path} holds no certificate.`)
}
