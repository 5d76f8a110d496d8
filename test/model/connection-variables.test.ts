import { expect, test } from 'vitest'
import { connectionSpellings, connectionVariable, connectionVariables } from '#model/connection-variables.ts'

test.each([
  ['ansible_host', 'ssh_host'],
  ['ansible_ssh_host', 'ssh_host'],
  ['ssh_port', 'ssh_port'],
  ['ansible_ssh_pass', 'ssh_password'],
  ['ansible_connection', 'connection'],
  ['ansible_become_pass', 'become_password'],
  ['hostname', undefined],
  ['toString', undefined],
])('%s means %s', (spelling, name) => {
  expect(connectionVariable(spelling)).toBe(name)
})

test('no spelling means two variables', () => {
  const all = Object.entries(connectionVariables).flatMap(([name, others]) => [name, ...others])
  expect(new Set(all).size).toBe(all.length)
})

test('the own name comes first', () => {
  expect(connectionSpellings('ssh_user')).toEqual(['ssh_user', 'ansible_user', 'ansible_ssh_user'])
})
