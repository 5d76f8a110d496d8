import { either, type JsonSchema, ref, sharedDefinitions } from './json-schema.ts'
import { keywordProperties } from './keyword-schema.ts'
import { definitionName, moduleSchema, type NamedModule } from './module-schema.ts'
import { type ModuleNames, stepDefinitions } from './step-schemas.ts'

const importNames = ['import_playbook', 'ansible.builtin.import_playbook']

/**
 * A JSON Schema (draft 7) that editors check playbooks with. It refuses what no run could carry out, and nothing
 * that a run accepts. `#/definitions/tasks` and `#/definitions/handlers` are the schemas of the files of roles.
 */
export function playbookSchema(modules: readonly NamedModule[], names: ModuleNames): JsonSchema {
  const own = modules.map((module) => [definitionName(module.name), moduleSchema(module)] as const)
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Playbook of tsplay',
    type: ['array', 'null'],
    items: either(
      { type: 'object', anyOf: importNames.map((name) => ({ required: [name] })) },
      ref('import_playbook'),
      ref('play'),
    ),
    definitions: {
      ...sharedDefinitions,
      play: play(),
      import_playbook: importPlaybook(),
      role_entry: roleEntry(),
      ...stepDefinitions(names),
      ...Object.fromEntries(own),
    },
  }
}

const play = (): JsonSchema => ({
  type: 'object',
  properties: keywordProperties('play'),
  required: ['hosts'],
  additionalProperties: false,
})

function importPlaybook(): JsonSchema {
  const file = { type: 'string', description: 'The playbook whose plays stand here.' }
  return {
    type: 'object',
    properties: {
      ...keywordProperties('import_playbook'),
      ...Object.fromEntries(importNames.map((name) => [name, file])),
    },
    additionalProperties: false,
  }
}

/** A role by name, or with keywords; all other keys are variables for it. */
function roleEntry(): JsonSchema {
  const name = { type: 'string', description: 'The role.' }
  return {
    anyOf: [
      { type: 'string' },
      {
        type: 'object',
        properties: { ...keywordProperties('role'), role: name },
        anyOf: [{ required: ['role'] }, { required: ['name'] }],
      },
    ],
  }
}
