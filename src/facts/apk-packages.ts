import { defineKeyedFact } from '#sdk/fact.ts'
import { quote } from '#sdk/quote.ts'

export interface ApkPackage {
  readonly installed: boolean
  readonly version: string
  /** Asked for by name (`/etc/apk/world`), not only as a dependency. */
  readonly wanted: boolean
  /** The version that `apk upgrade` would install; empty when none is newer. */
  readonly upgrade: string
}

/** Packages of an Alpine host by name. apk's own database is text: P name, V version, p what it provides. */
export default defineKeyedFact<ApkPackage>({
  name: 'apk-packages',
  summary: 'State of Alpine packages.',
  script: (names) => `printf '\\036'
awk -F: '$1=="P"{p=substr($0,3)} $1=="V"{v=substr($0,3)} $1=="p"{q=substr($0,3)}
  $0==""{if(p!="")printf "%s\\t%s\\t%s\\n",p,v,q; p="";v="";q=""}
  END{if(p!="")printf "%s\\t%s\\t%s\\n",p,v,q}' /lib/apk/db/installed 2>/dev/null
printf '\\036'; cat /etc/apk/world 2>/dev/null
printf '\\036'; apk version -l '<' ${names.map(quote).join(' ')} 2>/dev/null
:`,
  reads: () => [{ kind: 'package' }, { kind: 'path', name: '/etc/apk' }],
  parse({ stdout }, names) {
    const [, installed = '', world = '', upgrades = ''] = stdout.split('\x1e')
    const versions = installedVersions(installed)
    const wanted = new Set(world.split(/\s+/).map((word) => word.split(/[<>=~@]/)[0]))
    const newer = new Map(upgrades.split('\n').flatMap(upgradeOf))
    return names.map((name) => {
      const version = versions.get(name)
      return {
        installed: version !== undefined,
        version: version ?? '',
        wanted: wanted.has(name),
        upgrade: newer.get(`${name}-${version}`) ?? '',
      }
    })
  },
})

function installedVersions(text: string): ReadonlyMap<string, string> {
  const versions = new Map<string, string>()
  for (const line of text.split('\n')) {
    const [name = '', version = '', provides = ''] = line.split('\t')
    if (name !== '') versions.set(name, version)
    for (const word of provides.split(' ')) {
      const provided = word.split('=')[0]
      if (provided && !versions.has(provided)) versions.set(provided, version)
    }
  }
  return versions
}

/** `nginx-1.24.0-r6      < 1.24.0-r7`. */
function upgradeOf(line: string): readonly (readonly [string, string])[] {
  const [, installed, version] = /^(\S+)\s+<\s+(\S+)/.exec(line) ?? []
  return installed === undefined || version === undefined ? [] : [[installed, version]]
}
