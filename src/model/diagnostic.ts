import type { SourceRange } from './source.ts'

/**
 * Something the user wrote that cannot be carried out. A value: collected, sorted and shown with all
 * others before any host is touched; never thrown.
 */
export interface Diagnostic {
  readonly code: DiagnosticCode
  readonly severity: 'error' | 'warning'
  /** One or two sentences: what is wrong, in the user's words and quotes. */
  readonly message: string
  /** What to do next, as a sentence. */
  readonly remedy?: string
  readonly range?: SourceRange
  /** Other places that belong to it, such as the first of two duplicates. */
  readonly related?: readonly { readonly message: string; readonly range: SourceRange }[]
}

/** Every code with the sentence that `docs/diagnostics.md` is generated from. Scripts may rely on the codes. */
export const diagnosticCodes = {
  'yaml-syntax': 'A file is not valid YAML.',
  'yaml-tab': 'A tab is used for indentation.',
  'duplicate-key': 'A mapping has the same key twice.',
  'yaml-limit': 'A file is larger, deeper or has more aliases than tsplay reads.',
  'file-missing': 'A file that the project names does not exist.',
  'file-unreadable': 'A file exists and cannot be read.',
  'wrong-shape': 'A value has another shape (mapping, list, text) than its place needs.',
  'unknown-keyword': 'A play, block, task or role entry has a keyword that tsplay does not know.',
  'wrong-type': 'A keyword has a value of the wrong type.',
  'unknown-module': 'A task names a module that does not exist.',
  'several-modules': 'A task names more than one module.',
  'no-module': 'A task names no module.',
  'unknown-argument': 'A module has no argument of that name.',
  'missing-argument': 'A module needs an argument that was not given.',
  'bad-argument': 'An argument has a value that its module does not accept.',
  'decimal-mode': 'A file mode is written as a decimal number.',
  'bad-expression': 'A CEL expression cannot be parsed.',
  'bad-template': 'A Handlebars template cannot be parsed.',
  'jinja-syntax': 'A condition or template is written in Jinja.',
  'undefined-variable': 'A name is used that nothing defines.',
  'reserved-variable': 'A variable has a name that tsplay itself sets.',
  'unknown-host': 'A pattern names a host or group that the inventory does not have.',
  'bad-pattern': 'A host pattern cannot be parsed.',
  'shared-address': 'Two hosts have the same address.',
  'group-cycle': 'Groups contain each other.',
  'bad-inventory': 'An inventory source has a form that cannot be read.',
  'inventory-script': 'An executable inventory source failed.',
  'unknown-role': 'A role cannot be found.',
  'role-cycle': 'Roles depend on each other in a circle.',
  'include-cycle': 'Files include each other in a circle.',
  'bad-role-argument': 'A role was given an argument that its schema does not accept.',
  'unknown-handler': 'A task notifies a handler that does not exist.',
  'duplicate-handler': 'Two handlers of one list have the same name.',
  'bad-keyword-use': 'A keyword stands where it has no meaning.',
  'unknown-tag': 'A tag given on the command line is used nowhere.',
  'unknown-task': 'No task has the name given to --start-at-task.',
  'vault-password': 'A vault file cannot be decrypted.',
  'invalid-name': 'A variable name has characters that a name may not have.',
} as const

export type DiagnosticCode = keyof typeof diagnosticCodes
