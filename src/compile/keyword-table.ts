/** Where keywords stand. `meta` and the imports and includes are tasks of their own kind. */
export type Place =
  | 'play'
  | 'role'
  | 'block'
  | 'task'
  | 'handler'
  | 'meta'
  | 'import_tasks'
  | 'import_role'
  | 'include_tasks'
  | 'include_role'
  | 'import_playbook'

export type KeywordType =
  | 'boolean'
  | 'integer'
  | 'number'
  | 'text'
  | 'texts'
  | 'duration'
  | 'conditions'
  | 'mapping'
  | 'mappings'
  | 'list'
  | 'any'
  | readonly string[]

export interface Keyword {
  readonly type: KeywordType
  readonly places: readonly Place[]
}

const everywhere = ['play', 'role', 'block', 'task', 'handler', 'import_tasks', 'import_role'] as const
const play = ['play'] as const
const called = ['task', 'handler'] as const
const tasks = [
  'task',
  'handler',
  'meta',
  'import_tasks',
  'import_role',
  'include_tasks',
  'include_role',
] as const
const loops = ['task', 'handler', 'block', 'include_tasks', 'include_role'] as const

const inherited: Readonly<Record<string, KeywordType>> = {
  any_errors_fatal: 'boolean',
  become: 'boolean',
  become_exe: 'text',
  become_flags: 'text',
  become_method: ['sudo', 'su', 'doas'],
  become_user: 'text',
  check_mode: 'boolean',
  confirm: 'duration',
  connection: 'text',
  diff: 'boolean',
  environment: 'mappings',
  ignore_unreachable: 'boolean',
  module_defaults: 'mappings',
  port: 'integer',
  remote_user: 'text',
  throttle: 'integer',
}

const forPlays: Readonly<Record<string, KeywordType>> = {
  fact_path: 'text',
  force_handlers: 'boolean',
  gather_facts: 'boolean',
  gather_subset: 'texts',
  gather_timeout: 'integer',
  handlers: 'list',
  hosts: 'texts',
  max_fail_percentage: 'number',
  order: ['inventory', 'reverse_inventory', 'sorted', 'reverse_sorted', 'shuffle'],
  post_tasks: 'list',
  pre_tasks: 'list',
  roles: 'list',
  serial: 'any',
  strategy: ['linear', 'free', 'host_pinned'],
  tasks: 'list',
  user: 'text',
  vars_files: 'any',
  vars_prompt: 'list',
}

const forTasks: Readonly<Record<string, KeywordType>> = {
  async: 'integer',
  changed_when: 'conditions',
  delay: 'number',
  failed_when: 'conditions',
  poll: 'integer',
  retries: 'integer',
  until: 'conditions',
}

const on = (places: readonly Place[], types: Readonly<Record<string, KeywordType>>): [string, Keyword][] =>
  Object.entries(types).map(([name, type]) => [name, { type, places }])

/**
 * Every keyword with its type and where it may stand. As in Ansible, an `include_tasks` or `include_role` takes
 * few: what is to hold for the included tasks goes below its `apply`.
 * https://docs.ansible.com/ansible/latest/reference_appendices/playbooks_keywords.html
 */
export const keywords: ReadonlyMap<string, Keyword> = new Map<string, Keyword>([
  ...on(everywhere, inherited),
  ...on([...everywhere, 'include_tasks', 'include_role', 'meta', 'import_playbook'], {
    name: 'text',
    tags: 'texts',
    vars: 'mapping',
  }),
  ...on([...everywhere, 'include_tasks', 'include_role'], {
    ignore_errors: 'boolean',
    no_log: 'boolean',
    run_once: 'boolean',
    timeout: 'integer',
  }),
  ...on(play, forPlays),
  ...on(['role', 'block', ...tasks, 'import_playbook'], { when: 'conditions' }),
  ...on(['role'], { role: 'text' }),
  ...on(['block'], { block: 'list', rescue: 'list', always: 'list' }),
  ...on(['role', 'block', ...called, 'import_tasks', 'import_role'], {
    delegate_to: 'text',
    delegate_facts: 'boolean',
    notify: 'texts',
  }),
  ...on(loops, { loop: 'any', loop_control: 'mapping' }),
  ...on(called, forTasks),
  ...on([...called, 'include_tasks', 'include_role'], { register: 'text' }),
  ...on(tasks, { action: 'any', local_action: 'any', args: 'any' }),
  ...on(['handler', 'include_tasks'], { listen: 'texts' }),
  ...on(['import_playbook'], { import_playbook: 'text' }),
])

/** Ansible's keywords that tsplay does not have, with what to do instead. */
export const droppedKeywords: ReadonlyMap<string, string> = new Map([
  ['collections', 'Modules have one name each here: remove the keyword.'],
  ['debugger', 'Use `--step` to go task by task, or `debug` to show a value.'],
])

/** How messages name a place. */
export const placeNames: Readonly<Record<Place, string>> = {
  play: 'a play',
  role: 'a role entry',
  block: 'a block',
  task: 'a task',
  handler: 'a handler',
  meta: 'meta',
  import_tasks: 'import_tasks',
  import_role: 'import_role',
  include_tasks: 'include_tasks',
  include_role: 'include_role',
  import_playbook: 'import_playbook',
}

export const keywordsOf = (place: Place): string[] =>
  [...keywords].filter(([, { places }]) => places.includes(place)).map(([name]) => name)
