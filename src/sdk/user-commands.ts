import { raw, type Script, sh } from './quote.ts'

/** What an account shall have. Fields left out are the system's choice, or stay as they are. */
export interface Account {
  readonly name: string
  readonly uid?: number
  readonly nonUnique?: boolean
  readonly group?: string
  readonly groups?: readonly string[]
  readonly comment?: string
  readonly home?: string
  readonly shell?: string
  readonly system?: boolean
  /** `YYYY-MM-DD`; empty for never. */
  readonly expires?: string
}

export interface HomeChoice {
  readonly create: boolean
  readonly skeleton?: string
  readonly umask?: string
}

const both = (withTool: string, shadow: Script, busybox: Script): Script =>
  sh`if command -v ${withTool} >/dev/null 2>&1; then ${shadow}; else ${busybox}; fi`

/** Creates an account without a password. BusyBox's adduser knows one group and no expiry. */
export function createAccount(account: Account, home: HomeChoice): Script {
  const { name, groups = [] } = account
  const shadow = sh`useradd ${[...commonOptions(account), ...homeOptions(home), ...(account.system ? ['-r'] : [])]} ${name}`
  const more = groups.map((group) => sh` && addgroup ${name} ${group}`.text).join('')
  return both('useradd', shadow, sh`adduser ${busyboxOptions(account, home)} ${name}${raw(more)}`)
}

function commonOptions(account: Account): readonly (string | number)[] {
  const { uid, group, groups, comment, home, shell, expires } = account
  return [
    ...(uid === undefined ? [] : ['-u', uid]),
    ...(account.nonUnique ? ['-o'] : []),
    ...(group === undefined ? [] : ['-g', group]),
    ...(groups === undefined ? [] : ['-G', groups.join(',')]),
    ...(comment === undefined ? [] : ['-c', comment]),
    ...(home === undefined ? [] : ['-d', home]),
    ...(shell === undefined ? [] : ['-s', shell]),
    ...(expires === undefined ? [] : ['-e', expires]),
  ]
}

function homeOptions({ create, skeleton, umask }: HomeChoice): readonly string[] {
  if (!create) return ['-M']
  return ['-m', ...(skeleton ? ['-k', skeleton] : []), ...(umask ? ['-K', `UMASK=${umask}`] : [])]
}

function busyboxOptions(account: Account, home: HomeChoice): readonly (string | number)[] {
  const { uid, group, comment, shell, system } = account
  return [
    '-D',
    ...(uid === undefined ? [] : ['-u', uid]),
    ...(group === undefined ? [] : ['-G', group]),
    ...(comment === undefined ? [] : ['-g', comment]),
    ...(account.home === undefined ? [] : ['-h', account.home]),
    ...(shell === undefined ? [] : ['-s', shell]),
    ...(system ? ['-S'] : []),
    ...(home.create ? [] : ['-H']),
    ...(home.skeleton ? ['-k', home.skeleton] : []),
  ]
}

export interface AccountUpdate extends Account {
  readonly moveHome?: boolean
  /** Groups to join; `groups` replaces all of them. */
  readonly join?: readonly string[]
}

/** Alters the fields that are given. Without usermod only groups can be joined. */
export function updateAccount(update: AccountUpdate): Script | undefined {
  const { name, join = [] } = update
  const options = [
    ...commonOptions(update),
    ...(update.home !== undefined && update.moveHome ? ['-m'] : []),
    ...(join.length > 0 ? ['-a', '-G', join.join(',')] : []),
  ]
  if (options.length === 0) return undefined
  const joining = join.map((group) => sh`addgroup ${name} ${group}`.text).join(' && ')
  const onlyJoins = join.length > 0 && options.length === 3
  const busybox = onlyJoins
    ? raw(joining)
    : sh`{ echo ${`Changing the account ${name} needs usermod (package shadow).`} >&2; exit 1; }`
  return both('usermod', sh`usermod ${options} ${name}`, busybox)
}

/** The hash reaches chpasswd through its stdin: nothing in any argv. */
export function setPassword(name: string, hash: string): Script {
  return sh`printf '%s:%s\n' ${name} ${hash} | chpasswd -e`
}

export function lockPassword(name: string, lock: boolean): Script {
  const flag = lock ? '-L' : '-U'
  return both('usermod', sh`usermod ${flag} ${name}`, sh`passwd ${lock ? '-l' : '-u'} ${name}`)
}

/** Makes a home folder that an existing account lacks, as `useradd -m` would have. */
export function createHome(name: string, { skeleton = '/etc/skel', umask }: HomeChoice): Script {
  return sh`home=$(awk -F: -v name=${name} '$1 == name { print $6 }' /etc/passwd)
owner=$(awk -F: -v name=${name} '$1 == name { print $3 ":" $4 }' /etc/passwd)
if [ -n "$home" ] && [ ! -d "$home" ]; then
  mode=$(awk '$1 == "HOME_MODE" { print $2 }' /etc/login.defs 2>/dev/null)
  mask=${umask ?? ''}
  [ -n "$mask" ] || mask=$(awk '$1 == "UMASK" { print $2 }' /etc/login.defs 2>/dev/null)
  mkdir -p "$home" && { [ ! -d ${skeleton} ] || cp -R ${skeleton}/. "$home"; } && chown -R "$owner" "$home" || exit 1
  if [ -n "$mode" ] && [ -z ${umask ?? ''} ]; then chmod "$mode" "$home"
  else ( umask "\${mask:-022}"; chmod "$(printf '%04o' $(( 0777 & ~ 0$(umask | sed 's/^0*//') )))" "$home" )
  fi
fi`
}

/** `userdel` fails when the user is logged in, unless forced. */
export function removeAccount(name: string, { files, force }: { files: boolean; force: boolean }): Script {
  const options = [...(force ? ['-f'] : []), ...(files ? ['-r'] : [])]
  return both(
    'userdel',
    sh`userdel ${options} ${name}`,
    sh`deluser ${files ? ['--remove-home'] : []} ${name}`,
  )
}
