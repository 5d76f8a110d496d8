import {
  type ConnectionVariable,
  connectionSpellings,
  connectionVariables,
} from '#model/connection-variables.ts'
import { type JsonSchema, ref, sharedDefinitions } from './json-schema.ts'

/** A JSON Schema (draft 7) that editors check inventories in YAML with. */
export function inventorySchema(): JsonSchema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Inventory of tsplay',
    type: 'object',
    additionalProperties: ref('group'),
    definitions: {
      ...sharedDefinitions,
      group,
      host_variables: hostVariables(),
      group_variables: groupVariables(),
    },
  }
}

/** Members by name. A single name may stand for a mapping with that key. */
const named = (description: string, value: JsonSchema): JsonSchema => ({
  description,
  anyOf: [{ type: ['string', 'null'] }, { type: 'object', additionalProperties: value }],
})

const group: JsonSchema = {
  type: ['object', 'null'],
  properties: {
    hosts: named(
      'Hosts by name, each with its variables; web[01:20] stands for twenty.',
      ref('host_variables'),
    ),
    children: named('Groups inside this one, by name.', ref('group')),
    vars: { description: 'Variables of all hosts of the group.', allOf: [ref('group_variables')] },
  },
  additionalProperties: false,
}

function hostVariables(): JsonSchema {
  const spelled = Object.keys(connectionVariables).filter(isConnectionVariable).flatMap(spellings)
  return {
    ...sharedDefinitions.variables,
    properties: {
      ...Object.fromEntries(spelled),
      shared_address: {
        description: 'This host has the address of another one, and that is meant.',
        allOf: [ref('boolean')],
      },
    },
  }
}

const groupVariables = (): JsonSchema => ({
  allOf: [ref('host_variables')],
  properties: {
    ansible_group_priority: {
      description: 'Of groups of one depth, the one with the higher number is stronger; 1 when not said.',
      type: 'integer',
    },
  },
})

const isConnectionVariable = (name: string): name is ConnectionVariable => name in connectionVariables

function spellings(name: ConnectionVariable): readonly (readonly [string, JsonSchema])[] {
  return connectionSpellings(name).map((spelling) => [
    spelling,
    { ...meanings[name], ...(spelling !== name && { description: `The same as "${name}".` }) },
  ])
}

const text = (description: string): JsonSchema => ({
  description,
  type: ['string', 'number', 'boolean', 'null'],
})

const words = (description: string, allowed: readonly unknown[]): JsonSchema => ({
  description,
  anyOf: [{ enum: allowed }, ref('template')],
})

const meanings: Readonly<Record<ConnectionVariable, JsonSchema>> = {
  ssh_host: text('Name or address to connect to; the name of the host when not said.'),
  ssh_port: {
    description: 'The SSH port, 22 when not said.',
    allOf: [ref('integer')],
    minimum: 1,
    maximum: 65_535,
  },
  ssh_user: text('Log in as this user.'),
  ssh_password: text('The password to log in with; better kept encrypted.'),
  ssh_private_key_file: text('The key to log in with.'),
  ssh_private_key_passphrase: text('What opens that key.'),
  ssh_jump: text('Connect through these hosts: user@host:port, with commas between them.'),
  ssh_known_hosts: text('The file of known host keys.'),
  ssh_host_key_checking: words('How unknown host keys are met; strict when not said.', [
    'strict',
    'accept-new',
    'off',
    'yes',
    'no',
    'true',
    'false',
    true,
    false,
  ]),
  ssh_config_file: text('The ssh_config file to heed.'),
  ssh_timeout: { description: 'Seconds after which connecting is given up.', allOf: [ref('number')] },
  ssh_retries: { description: 'How often connecting is tried again.', allOf: [ref('integer')] },
  connection: words('How the host is reached.', ['ssh', 'local', 'smart']),
  become: { description: 'Act as another user.', allOf: [ref('boolean')] },
  become_user: text('As whom; root when not said.'),
  become_method: words('By which program.', ['sudo', 'su', 'doas']),
  become_password: text('The password this needs; better kept encrypted.'),
  become_exe: text('The program that changes the user.'),
  become_flags: text('Options of that program.'),
}
