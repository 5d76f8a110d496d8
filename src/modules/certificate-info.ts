import fileContent from '#facts/file-content.ts'
import { t } from '#sdk/args.ts'
import { type CertificateFacts, certificatesIn } from '#sdk/certificate.ts'
import { defineModule, TaskFailure } from '#sdk/module.ts'

interface State {
  readonly files: readonly {
    readonly path: string
    readonly certificates: readonly CertificateFacts[] | undefined
  }[]
}

export default defineModule({
  summary: 'Reads certificates of the host: whose they are, what for, and until when.',
  description: `It reads PEM files and the certificates inside of kubeconfigs. The result has \`certificates\` (with the path of each,
\`subject\`, \`issuer\`, \`not_after\`, \`days_left\`, \`names\`, \`sha256\`), \`missing\` paths, \`days_left\` of the one that expires first,
and \`expires_soon\`. Private keys in the files are not looked at.`,
  args: t.Args({
    path: t.List(t.Path({ description: 'A file of the host.' }), { description: 'The files.', minItems: 1 }),
    warn_days: t.Optional(
      t.Integer({ description: 'What expires in fewer days expires soon.', default: 30, minimum: 0 }),
    ),
  }),
  argumentAliases: { paths: 'path' },
  examples: [
    { title: 'The certificate of a server', args: { path: ['/etc/ssl/certs/site.pem'] } },
    {
      title: 'Those of a control plane',
      args: { path: ['/etc/kubernetes/pki/apiserver.crt', '/etc/kubernetes/admin.conf'], warn_days: 60 },
    },
  ],

  async probe({ args, host, controller }): Promise<State> {
    const now = controller.now()
    const contents = await Promise.all(args.path.map((path) => host.fact(fileContent, path)))
    return {
      files: contents.map(({ path, exists, text }) => ({
        path,
        certificates: exists ? read(path, text, now) : undefined,
      })),
    }
  },

  plan: () => [],

  result({ args, state: { files } }) {
    const { warn_days = 30 } = args
    const certificates = files.flatMap(({ path, certificates: found = [] }) =>
      found.map((one) => ({ path, ...one })),
    )
    const days = certificates.map(({ days_left }) => days_left)
    const least = days.length === 0 ? undefined : Math.min(...days)
    const soon = certificates.filter(({ days_left }) => days_left < warn_days)
    return {
      data: {
        certificates,
        missing: files.filter(({ certificates: found }) => found === undefined).map(({ path }) => path),
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
