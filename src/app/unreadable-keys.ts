import { accessSync, constants } from 'node:fs'
import { homedir } from 'node:os'
import { resolve } from 'node:path'
import { hostsOfPattern } from '#compile/list-program.ts'
import { literalOf } from '#load/literal-of.ts'
import { connectionSpellings } from '#model/connection-variables.ts'
import type { Diagnostic } from '#model/diagnostic.ts'
import { hostLayers } from '#model/host-layers.ts'
import type { Inventory } from '#model/inventory.ts'
import type { Program } from '#model/program.ts'
import { UsageError } from '#model/usage-error.ts'
import type { Value, VarsLayer } from '#model/value.ts'
import { limitedHosts, limitText } from './limited-hosts.ts'
import type { ConnectionOptions, HostSelection } from './requests.ts'

const spellings = connectionSpellings('ssh_private_key_file')

/**
 * Private keys that the hosts of a run name and this machine cannot read: found before any host is touched. Keys of
 * hosts that are not part of the run do not count, nor names that hold variables. `--private-key` throws UsageError.
 */
export function unreadableKeys(
  { plays, inventory, extraVars }: Pick<Program, 'plays' | 'inventory' | 'extraVars'>,
  hosts: HostSelection,
  connection: ConnectionOptions,
): readonly Diagnostic[] {
  const given = connection.privateKeyFile
  const problem = given === undefined ? undefined : problemWith(given)
  if (problem)
    throw new UsageError(`The private key "${given}" ${problem}.`, { remedy: 'Check --private-key.' })
  const chosen = new Set(plays.flatMap((play) => hostsOfPattern(play.hosts, inventory) ?? []))
  const named = limitedHosts(inventory, [...chosen], limitText(hosts.limit)).flatMap((host) =>
    keyOf(host, inventory, extraVars),
  )
  return [...new Set(named)].flatMap(diagnosed)
}

/** The value that wins for a host, when it is written out. */
function keyOf(name: string, inventory: Inventory, extraVars: VarsLayer): readonly Value[] {
  const host = inventory.hosts.get(name)
  if (!host) return []
  const values = [...hostLayers(inventory, host), extraVars]
    .toReversed()
    .flatMap(({ vars }) => spellings.flatMap((spelling) => vars.get(spelling) ?? []))
  const [winner] = values
  return winner?.literal ? [winner] : []
}

function diagnosed(value: Value): readonly Diagnostic[] {
  const path = String(literalOf(value))
  const problem = problemWith(path)
  if (problem === undefined) return []
  return [
    {
      code: problem === 'does not exist' ? 'file-missing' : 'file-unreadable',
      severity: 'error',
      message: `The private key "${path}" ${problem}.`,
      remedy: 'Correct ssh_private_key_file, or the permissions of the file.',
      range: value.range,
    },
  ]
}

function problemWith(path: string): string | undefined {
  try {
    accessSync(resolve(path.replace(/^~(?=\/|$)/, homedir())), constants.R_OK)
    return undefined
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    return missing ? 'does not exist' : 'cannot be read'
  }
}
