/** What a text says by chance or by the hour, so that two runs of one playbook differ in it: what it is, and its looks. */
const chances: readonly (readonly [name: string, looks: RegExp])[] = [
  // Certificates and keys are drawn anew for each cluster; within JSON their line ends are escaped, in kubeconfigs all is base64.
  ['PEM', /-----BEGIN ([A-Z ]+)-----[\s\S]*?-----END \1-----/g],
  ['PEM', /LS0tLS1[A-Za-z0-9+/=]{40,}/g],
  // Keys of hosts and users, and the salted hashes of passwords.
  ['KEY', /(?<=\bssh-ed25519 )[A-Za-z0-9+/]{68}/g],
  ['CRYPT', /\$[56y]\$[./A-Za-z0-9$]{30,}/g],
  ['TIME', /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)/g],
  // As ctime(3) and HTTP write it.
  ['TIME', /[A-Z][a-z]{2},? (\d\d )?[A-Z][a-z]{2} ([ \d]\d )?(\d{4} )?\d\d:\d\d:\d\d( \d{4}| GMT)/g],
  ['UUID', /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g],
  // LVM's own form.
  ['UUID', /\b[A-Za-z0-9]{6}(-[A-Za-z0-9]{4}){5}-[A-Za-z0-9]{6}\b/g],
  // The guid of a pool or dataset is a number of 64 bits.
  ['GUID', /(?<="guid": ")\d+|\b\d{17,20}\b/g],
  // Machine ids, and what an ACME directory calls its orders.
  ['ID', /\b[0-9a-f]{32}\b/g],
  // What Route 53 calls a change.
  ['CHANGE', /\bC[0-9A-F]{20}\b/g],
  // kubeadm's tokens, and the hash of the authority that they are good for.
  ['TOKEN', /\b[a-z0-9]{6}\.[a-z0-9]{16}\b/g],
  ['HASH', /\bsha256:[0-9a-f]{64}\b/g],
  // Proxmox draws the addresses of network cards below its own prefix.
  ['MAC', /\bBC:24:11(:[0-9A-F]{2}){3}\b/gi],
  // What Proxmox calls a task: process, start of the process, time.
  ['UPID', /\bUPID:\w+(:[0-9A-F]{8}){3}/g],
  // The last part of a pod's name.
  ['POD', /(?<=-[0-9a-f]{10}-)[0-9a-f]{5}\b/g],
]

const dayMs = 24 * 3600 * 1000

/** The same text for all that chance and the hour may make of it. */
export function withoutChance(text: string): string {
  const plain = chances.reduce((all, [name, looks]) => all.replaceAll(looks, name), text)
  return plain.replaceAll(/\b\d{10}(\d{3})?\b/g, (digits, isMs) => {
    const ms = Number(digits) * (isMs === undefined ? 1000 : 1)
    return Math.abs(ms - Date.now()) < dayMs ? 'TIME' : digits
  })
}
