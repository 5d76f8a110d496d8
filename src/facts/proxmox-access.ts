import { defineKeyedFact } from '#sdk/fact.ts'
import { parseJson, rowsIn, textIn } from '#sdk/json-text.ts'
import { needsProxmox } from '#sdk/proxmox-node.ts'
import { quote } from '#sdk/quote.ts'

export interface AclEntry {
  readonly path: string
  readonly role: string
  readonly propagate: boolean
}

type Settings = ReadonlyMap<string, string>

/** A user of Proxmox VE with tokens and rights. */
export interface ProxmoxAccess {
  readonly userid: string
  readonly unsupported: boolean
  /** Why Proxmox could not be asked; else empty. */
  readonly error: string
  /** Undefined: there is no such user. */
  readonly user: Settings | undefined
  /** By name, without the user's. */
  readonly tokens: ReadonlyMap<string, Settings>
  /** By whom they are for: the user, or `user!token`. */
  readonly acl: ReadonlyMap<string, readonly AclEntry[]>
}

/** Users by their full name, `ops@pve`. */
export default defineKeyedFact<ProxmoxAccess>({
  name: 'proxmox-access',
  summary: 'Users, tokens and rights of Proxmox VE.',
  script: (users) => `${needsProxmox}
pvesh get /access/users --output-format json; printf '\\036'
pvesh get /access/acl --output-format json
for u in ${users.map(quote).join(' ')}; do
  printf '\\036'
  pvesh get "/access/users/$u/token" --output-format json 2>/dev/null
done
:`,
  reads: () => [{ kind: 'proxmox' }],
  parse({ stdout, stderr }, users) {
    const [head = '', acl = '', ...tokens] = stdout.split('\x1e')
    const unsupported = head.trim() === 'unsupported'
    const list = parseJson(head)
    const error = unsupported || Array.isArray(list) ? '' : stderr.trim() || 'it printed no list of users'
    const entries = rowsIn(parseJson(acl)).filter((row) => row['type'] === 'user' || row['type'] === 'token')
    const byOwner = Map.groupBy(entries, (row) => textIn(row['ugid']) ?? '')
    const rights = new Map([...byOwner].map(([owner, rows]) => [owner, rows.map(aclEntry)]))
    return users.map((userid, i) => {
      const user = rowsIn(list).find((row) => row['userid'] === userid)
      return {
        userid,
        unsupported,
        error,
        user: user && settingsOf(user),
        tokens: new Map(
          rowsIn(parseJson(tokens[i] ?? '')).map((row) => [textIn(row['tokenid']) ?? '', settingsOf(row)]),
        ),
        acl: rights,
      }
    })
  },
})

const settingsOf = (row: Readonly<Record<string, unknown>>): Settings =>
  new Map(Object.entries(row).map(([key, value]) => [key, textIn(value) ?? '']))

const aclEntry = (row: Readonly<Record<string, unknown>>): AclEntry => ({
  path: textIn(row['path']) ?? '',
  role: textIn(row['roleid']) ?? '',
  propagate: textIn(row['propagate']) !== '0',
})
