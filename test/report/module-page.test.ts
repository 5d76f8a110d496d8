import { describe, expect, it } from 'vitest'
import { listText, modulePageText } from '#report/module-page.ts'
import { createStyle } from '#report/style.ts'
import { t } from '#sdk/args.ts'

const style = createStyle(false)

describe('modulePageText', () => {
  it('shows arguments with types, choices and defaults, required ones first, and examples', () => {
    const args = t.Args({
      state: t.Optional(
        t.Choice(['present', 'absent'], { description: 'Whether it is there.', default: 'present' }),
      ),
      path: t.Path({ description: 'The file.' }),
      mode: t.Optional(t.Mode({ description: 'Its permission bits.' })),
      count: t.Optional(t.Integer({ description: 'How many.', minimum: 1, maximum: 9 })),
      tags: t.Optional(t.Strings({ description: 'Some tags.' })),
      owner: t.Optional(
        t.Object({ name: t.String({ description: 'Who.' }) }, { description: 'Whose it is.' }),
      ),
    })
    const page = {
      name: 'file',
      summary: 'Manages a file.',
      description: 'It can do this.\n',
      aliases: ['a_file'],
      args,
      argumentAliases: { dest: 'path', name: 'path' },
      freeForm: 'path',
      examples: [{ title: 'Make it', yaml: 'file:\n  path: /x\n' }],
    }
    expect(modulePageText(page, style)).toBe(
      `file  Manages a file.
Also known as a_file.

It can do this.

Arguments
  path  path; required; the text of \`file: text\`; also dest, name
      The file.
  state  string; default "present"; one of "present", "absent"
      Whether it is there.
  mode  file mode
      Its permission bits.
  count  integer; at least 1; at most 9
      How many.
  tags  list of string
      Some tags.
  owner  mapping
      Whose it is.
      name  string; required
          Who.

Examples
  # Make it
  file:
    path: /x
`,
    )
  })

  it('says when there are no arguments and when each call acts', () => {
    const text = modulePageText(
      { name: 'x', summary: 'Does.', args: t.Args({}), examples: [], settles: false },
      style,
    )
    expect(text).toContain('It takes no arguments.')
    expect(text).toContain('It acts on each call')
  })
})

describe('listText', () => {
  it('puts names in a column', () => {
    expect(
      listText(
        [
          { name: 'apt', summary: 'A.' },
          { name: 'command', summary: 'B.' },
        ],
        style,
      ),
    ).toBe('apt      A.\ncommand  B.\n')
  })
})
