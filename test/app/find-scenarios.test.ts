import { describe, expect, it } from 'vitest'
import { findScenarios } from '#app/find-scenarios.ts'
import { inFolder } from '../support/in-folder.ts'

const project = {
  'roles/bare/tasks/main.yml': '[]',
  'roles/web/test/default.yml': '',
  'roles/web/test/group_vars/all.yml': '{}',
  'roles/web/test/big/scenario.yml': '',
  'roles/web/test/big/verify.yml': '[]',
  'roles/web/test/plain/converge.yml': '[]',
  'roles/db/test/default.yaml': '',
}

const found = (roles: readonly string[] = [], scenarios: readonly string[] = []) =>
  findScenarios({ roles, scenarios }).map(({ role, name, display }) => `${role}/${name} ${display}`)

describe('the scenarios of a project', () => {
  it('are files and folders below the test folders of its roles', async () => {
    await inFolder(project)
    expect(found()).toEqual([
      'db/default roles/db/test/default.yaml',
      'web/big roles/web/test/big/scenario.yml',
      'web/default roles/web/test/default.yml',
      'web/plain roles/web/test/plain/scenario.yml',
    ])
  })

  it('know the playbooks that stand in a folder of their own', async () => {
    await inFolder(project)
    const [big] = findScenarios({ roles: ['web'], scenarios: ['big'] })
    expect([...(big?.beside ?? [])]).toEqual(['verify.yml'])
  })

  it('are chosen by role, also by its path, and by name', async () => {
    await inFolder(project)
    expect(found(['roles/db/'])).toEqual(['db/default roles/db/test/default.yaml'])
    expect(found(['web', 'db'], ['default'])).toHaveLength(2)
  })

  it.each([
    [['wep'], [], 'There is no role "wep".', 'Did you mean "web"?'],
    [['nothing'], [], 'There is no role "nothing".', 'There are bare, db, web.'],
    [['bare', 'web'], [], 'The role "bare" has no test scenario.', 'roles/bare/test/default.yml'],
    [[], ['defualt'], 'There is no scenario "defualt".', 'Did you mean "default"?'],
  ])('%j %j are refused', async (roles, scenarios, message, remedy) => {
    await inFolder(project)
    expect(() => found(roles, scenarios)).toThrow(
      expect.objectContaining({ message, remedy: expect.stringContaining(remedy) }),
    )
  })

  it('are missed where there is no role', async () => {
    await inFolder({})
    expect(() => found()).toThrow('There are no roles here.')
  })
})
