import { type Static, t } from './args.ts'

/** The arguments of the module `apt`. */
export const aptArgs = t.Args({
  name: t.Optional(
    t.Strings({
      description: 'Packages: `nginx`, `nginx=1.22.*`, `nginx/bookworm-backports`, `nginx:i386`, `lib*`.',
    }),
  ),
  state: t.Optional(
    t.Choice(['present', 'latest', 'absent', 'build-dep', 'fixed'], {
      description:
        '`latest` upgrades as well; `build-dep` installs what building the packages needs; `fixed` repairs broken dependencies.',
      default: 'present',
    }),
  ),
  update_cache: t.Optional(
    t.Boolean({ description: "Refresh apt's package lists when the task needs them." }),
  ),
  cache_valid_time: t.Optional(
    t.Integer({
      description: 'Seconds for which package lists are fresh enough; implies `update_cache`.',
      minimum: 0,
      default: 0,
    }),
  ),
  update_cache_retries: t.Optional(
    t.Integer({ description: 'Tries to refresh the lists before giving up.', minimum: 1, default: 5 }),
  ),
  update_cache_retry_max_delay: t.Optional(
    t.Integer({ description: 'Longest pause between such tries, in seconds.', minimum: 1, default: 12 }),
  ),
  upgrade: t.Optional(
    t.Choice(['dist', 'full', 'safe', 'yes', 'no'], {
      description: 'Upgrade all packages; `safe` (or `yes`) removes none, `dist` (or `full`) may.',
      default: 'no',
    }),
  ),
  deb: t.Optional(t.String({ description: 'A package file on the host or its URL.' })),
  default_release: t.Optional(
    t.String({ description: 'Release to take packages from: `bookworm-backports`.' }),
  ),
  install_recommends: t.Optional(
    t.Boolean({ description: 'Install recommended packages too. Default: as apt is configured.' }),
  ),
  only_upgrade: t.Optional(
    t.Boolean({ description: 'Leave packages alone that are not installed.', default: false }),
  ),
  purge: t.Optional(
    t.Boolean({ description: 'With `absent`: remove configuration files as well.', default: false }),
  ),
  autoremove: t.Optional(
    t.Boolean({ description: 'Remove dependencies that nothing needs any longer.', default: false }),
  ),
  autoclean: t.Optional(
    t.Boolean({ description: 'Remove fetched package files that can no longer be fetched.', default: false }),
  ),
  allow_downgrade: t.Optional(
    t.Boolean({ description: 'Allow an older version than the installed one.', default: false }),
  ),
  allow_unauthenticated: t.Optional(
    t.Boolean({ description: 'Allow packages without a valid signature.', default: false }),
  ),
  allow_change_held_packages: t.Optional(
    t.Boolean({ description: 'Allow to change packages on hold.', default: false }),
  ),
  force: t.Optional(
    t.Boolean({
      description: 'Allow downgrades, held, unsigned and essential packages to change.',
      default: false,
    }),
  ),
  dpkg_options: t.Optional(
    t.String({
      description: 'Options for dpkg, with commas between.',
      default: 'force-confdef,force-confold',
    }),
  ),
  lock_timeout: t.Optional(
    t.Integer({ description: 'Seconds to wait for another apt or dpkg to finish.', minimum: 0, default: 60 }),
  ),
  policy_rc_d: t.Optional(
    t.Integer({
      description: 'Exit code of `policy-rc.d` meanwhile; 101 keeps packages from starting services.',
    }),
  ),
})

export type AptArgs = Static<typeof aptArgs>
