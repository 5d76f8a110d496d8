/**
 * Ansible's order of precedence of variables, weakest first: what the `level` of a layer means.
 * https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_variables.html#understanding-variable-precedence
 */
const levelNames: readonly string[] = [
  'options of the command line',
  'role defaults',
  'group variables of the inventory',
  'group_vars/all beside the inventory',
  'group_vars/all beside the playbook',
  'group_vars beside the inventory',
  'group_vars beside the playbook',
  'host variables of the inventory',
  'host_vars beside the inventory',
  'host_vars beside the playbook',
  'facts',
  'vars of the play',
  'vars_prompt',
  'vars_files',
  'vars of the role',
  'vars of the block',
  'vars of the task',
  'include_vars',
  'set_fact and registered results',
  'parameters of the role',
  'parameters of the include',
  'extra vars (-e)',
]

/** A level (1 to 22) with its name, for a person: `level 9: host_vars beside the inventory`. */
export function levelText(level: number): string {
  return `level ${level}: ${levelNames[level - 1] ?? 'unknown'}`
}
