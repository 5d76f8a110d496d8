import { describe, expect, it } from 'vitest'
import { readRolePage } from '#app/read-role-page.ts'
import { rolePageText } from '#report/role-page.ts'
import { createStyle } from '#report/style.ts'
import { rolePage } from '../../scripts/role-reference.ts'
import { inFolder } from '../support/in-folder.ts'

const files = {
  'roles/web/meta/argument_specs.yml': `argument_specs:
  main:
    short_description: nginx with one site
    description: [First., Second.]
    options:
      web_port: { type: int, default: 80, description: Port it listens on. }
      web_kind: { choices: [big, small], description: [How big, it is.] }
      web_sites:
        type: list
        elements: dict
        required: true
        description: What it serves | and where.
        options:
          name: { required: true, description: Its name. }
`,
  'roles/web/defaults/main.yml': 'web_port: 8080\nweb_kind: big\n',
  'roles/web/test/default.yml': 'description: From nothing.\n',
  'roles/web/test/other.yml': '',
}

describe('the page of a role', () => {
  it('has its arguments, required ones first, with the defaults that a run would take', async () => {
    await inFolder(files)
    const { args } = await readRolePage('web')
    expect(args.map(({ name, type, notes }) => [name, type, ...notes])).toEqual([
      ['web_sites', 'list of mapping', 'required'],
      ['web_port', 'integer', 'default 8080'],
      ['web_kind', 'string', 'default "big"', 'one of "big", "small"'],
    ])
    expect(args[0]?.inner).toMatchObject([{ name: 'name', notes: ['required'], description: 'Its name.' }])
  })

  it('is shown as text', async () => {
    await inFolder(files)
    expect(rolePageText(await readRolePage('web'), createStyle(false))).toBe(`web  nginx with one site

First.

Second.

Arguments
  web_sites  list of mapping; required
      What it serves | and where.
      name  string; required
          Its name.
  web_port  integer; default 8080
      Port it listens on.
  web_kind  string; default "big"; one of "big", "small"
      How big it is.

Tests (tsplay test web)
  default: From nothing.
  other
`)
  })

  it('is written as Markdown', async () => {
    await inFolder(files)
    const page = rolePage(await readRolePage('web'))
    expect(page).toContain('\n# web\n\nnginx with one site.\n\nFirst.\n\nSecond.\n\n## Arguments\n')
    expect(page).toContain('| `web_sites` | list of mapping | required | What it serves \\| and where. |')
    expect(page).toContain('| `web_sites.name` | string | required | Its name. |')
    expect(page).toContain('- `default`: From nothing.\n- `other`: the role, twice.\n')
  })

  it('is short for a role that says nothing of itself', async () => {
    await inFolder({ 'roles/bare/tasks/main.yml': '[]' })
    expect(rolePageText(await readRolePage('bare'), createStyle(false))).toBe(
      'bare  \n\nIt takes no arguments.\n',
    )
  })

  it('names the file that is no YAML', async () => {
    await inFolder({ 'roles/web/defaults/main.yml': 'a: [' })
    await expect(readRolePage('web')).rejects.toThrow('roles/web/defaults/main.yml is not YAML. Line 1')
  })
})
