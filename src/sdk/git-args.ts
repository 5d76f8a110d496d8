import { type Static, t } from './args.ts'

/** The arguments of `git`. */
export const gitArgs = t.Args({
  repo: t.String({
    description: 'The repository to clone: a URL, `user@host:path` or a path.',
    minLength: 1,
  }),
  dest: t.Path({ description: 'The folder of the clone, on the host.' }),
  version: t.Optional(
    t.String({
      description:
        'The branch, tag, commit or full name of a ref to check out. `HEAD`: the default branch of the repository.',
      default: 'HEAD',
      pattern: '^[^-]',
    }),
  ),
  update: t.Optional(
    t.Boolean({
      description: 'Bring an existing clone to that version; else it is left alone.',
      default: true,
    }),
  ),
  clone: t.Optional(t.Boolean({ description: 'Clone when there is no clone yet.', default: true })),
  force: t.Optional(
    t.Boolean({ description: 'Throw local modifications away instead of failing.', default: false }),
  ),
  remote: t.Optional(
    t.String({
      description: 'What the clone calls the repository.',
      default: 'origin',
      pattern: '^[A-Za-z0-9_.][A-Za-z0-9_./-]*$',
    }),
  ),
  depth: t.Optional(t.Integer({ description: 'Fetch only so many commits of the history.', minimum: 1 })),
  single_branch: t.Optional(
    t.Boolean({ description: 'Fetch only the branch that is checked out.', default: false }),
  ),
  refspec: t.Optional(
    t.Strings({
      description: 'Further refs to fetch, as `git fetch` takes them: `+refs/pull/*:refs/heads/pull/*`.',
    }),
  ),
  bare: t.Optional(t.Boolean({ description: 'A repository without files checked out.', default: false })),
  recursive: t.Optional(t.Boolean({ description: 'Submodules as well.', default: true })),
  reference: t.Optional(t.Path({ description: 'A repository on the host to borrow objects from.' })),
  separate_git_dir: t.Optional(t.Path({ description: 'Where the repository goes, apart from the files.' })),
  key_file: t.Optional(t.Path({ description: 'A private key for SSH, on the host.' })),
  accept_hostkey: t.Optional(
    t.Boolean({
      description: 'Accept the key of a server that is not known yet. A key that has changed is refused.',
      default: false,
    }),
  ),
  ssh_opts: t.Optional(t.String({ description: 'Further options for `ssh`: `-o ProxyJump=gate`.' })),
  verify_commit: t.Optional(
    t.Boolean({
      description: 'Check the signature of the commit, or of the tag, before it is checked out.',
      default: false,
    }),
  ),
  gpg_allowlist: t.Optional(
    t.Strings({ description: 'Fingerprints of the keys that may have signed. Needs `verify_commit`.' }),
  ),
  umask: t.Optional(t.Mode({ description: 'Permission bits that new files do not get: `"0022"`.' })),
})

export type GitArgs = Static<typeof gitArgs>
