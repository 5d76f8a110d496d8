import { apart } from './proxmox-node.ts'
import type { ProxmoxVmArgs } from './proxmox-vm-args.ts'
import type { DiskGrowth, SettingChange } from './proxmox-vm-settings.ts'
import { inOrder, raw, type Script, sh } from './quote.ts'

/** Makes the machine, with nothing but a name when it is not a copy. */
export function creationScript({ vmid, name, clone }: ProxmoxVmArgs): Script {
  const named = name === undefined ? [] : ['--name', name]
  if (!clone) return sh`qm create ${vmid} ${named}`
  const full = clone.full === false ? ['--full', '0'] : ['--full', '1']
  const storage = clone.storage === undefined ? [] : ['--storage', clone.storage]
  return apart(sh`qm clone ${clone.from} ${vmid} ${named} ${full} ${storage}`)
}

/**
 * Sets all that differs at once. The digest lets it fail when somebody else has changed the machine meanwhile. What
 * must not stand in a list of processes is read from files.
 */
export function settingsScript(
  { vmid, cloud_init: cloud }: ProxmoxVmArgs,
  changes: readonly SettingChange[],
  digest: string,
): Script {
  const plain = changes.filter(({ key }) => key !== 'sshkeys' && key !== 'cipassword')
  const has = (key: string): boolean => changes.some((change) => change.key === key)
  const options = plain.flatMap(({ key, after }) => [`--${key}`, after])
  const keys = `${(cloud?.ssh_keys ?? []).map((key) => key.trim()).join('\n')}\n`
  const set = sh`umask 077
d=$(mktemp -d) && trap 'rm -rf "$d"' 0 || exit 1
set --
${has('sshkeys') ? sh`printf %s ${keys} >"$d/keys" && set -- "$@" --sshkeys "$d/keys"` : raw(':')}
${
  has('cipassword')
    ? sh`hash=$(printf '%s\\n' ${cloud?.password ?? ''} | openssl passwd -6 -stdin) && set -- "$@" --cipassword "$hash" || exit 1`
    : raw(':')
}
qm set ${vmid} --digest ${digest} ${options} "$@"`
  return plain.some(({ after }) => after.includes('import-from=')) ? apart(set) : set
}

/** `qm disk resize` ends with 0 when its task failed: who calls it must look again. */
export const growthScript = ({ vmid }: ProxmoxVmArgs, growth: readonly DiskGrowth[]): Script =>
  inOrder(growth.map(({ key, after }) => sh`qm disk resize ${vmid} ${key} ${after}`))

/** What a guest reads at its start is on a drive that has to be made anew. */
export const cloudInitScript = ({ vmid }: ProxmoxVmArgs): Script => sh`qm cloudinit update ${vmid}`

/** `qm template` ends with 0 when its task failed: who calls it must look again. */
export const templateScript = ({ vmid }: ProxmoxVmArgs): Script => apart(sh`qm template ${vmid}`)

export function powerScript({ vmid, shutdown_timeout: seconds = 120 }: ProxmoxVmArgs, to: string): Script {
  if (to === 'running') return sh`qm start ${vmid}`
  return to === 'stopped'
    ? apart(sh`qm shutdown ${vmid} --timeout ${seconds}`)
    : apart(sh`qm reboot ${vmid} --timeout ${seconds}`)
}

/** Its own disks alone: `--destroy-unreferenced-disks` would take any volume with that number, on every storage. */
export const destroyScript = ({ vmid }: ProxmoxVmArgs): Script =>
  apart(sh`qm destroy ${vmid} --destroy-unreferenced-disks 0`)
