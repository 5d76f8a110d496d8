/**
 * Variables that say how a host is reached: tsplay's name, then Ansible's spellings of the same. Whichever
 * spelling is set, the value can be read under each; of two layers the stronger one wins whatever it is called,
 * inside one layer the earlier spelling.
 */
export const connectionVariables = {
  ssh_host: ['ansible_host', 'ansible_ssh_host'],
  ssh_port: ['ansible_port', 'ansible_ssh_port'],
  ssh_user: ['ansible_user', 'ansible_ssh_user'],
  ssh_password: ['ansible_password', 'ansible_ssh_password', 'ansible_ssh_pass'],
  ssh_private_key_file: ['ansible_private_key_file', 'ansible_ssh_private_key_file'],
  ssh_private_key_passphrase: ['ansible_private_key_passphrase', 'ansible_ssh_private_key_passphrase'],
  ssh_jump: ['ansible_ssh_jump'],
  ssh_known_hosts: ['ansible_ssh_known_hosts'],
  ssh_host_key_checking: ['ansible_host_key_checking', 'ansible_ssh_host_key_checking'],
  ssh_config_file: ['ansible_ssh_config_file'],
  ssh_timeout: ['ansible_timeout', 'ansible_ssh_timeout'],
  ssh_retries: ['ansible_ssh_retries'],
  connection: ['ansible_connection'],
  become: ['ansible_become'],
  become_user: ['ansible_become_user'],
  become_method: ['ansible_become_method'],
  become_password: ['ansible_become_password', 'ansible_become_pass'],
  become_exe: ['ansible_become_exe'],
  become_flags: ['ansible_become_flags'],
} as const satisfies Record<string, readonly string[]>

export type ConnectionVariable = keyof typeof connectionVariables

const spellings = new Map<ConnectionVariable, readonly string[]>()
const canonical = new Map<string, ConnectionVariable>()
for (const [name, others] of Object.entries(connectionVariables)) {
  if (!isOwnName(name)) continue
  spellings.set(name, [name, ...others])
  for (const spelling of [name, ...others]) canonical.set(spelling, name)
}

/** All spellings of one connection variable, tsplay's own first. */
export function connectionSpellings(name: ConnectionVariable): readonly string[] {
  return spellings.get(name) ?? [name]
}

function isOwnName(name: string): name is ConnectionVariable {
  return name in connectionVariables
}

/** tsplay's name for any spelling of a connection variable; undefined for other names. */
export function connectionVariable(spelling: string): ConnectionVariable | undefined {
  return canonical.get(spelling)
}
