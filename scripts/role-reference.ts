import { rolesHere } from '#app/find-scenarios.ts'
import { readRolePage } from '#app/read-role-page.ts'
import type { RolePage } from '#report/role-page.ts'
import { code, origin } from './markdown.ts'
import { rowsTable } from './module-reference.ts'

/**
 * roles/<role>/README.md: what a role is for, its arguments, its tests. A role whose specification has no
 * `description` keeps the page that somebody wrote.
 */
export async function rolePages(): Promise<readonly (readonly [string, string])[]> {
  const pages = await Promise.all(rolesHere().map(readRolePage))
  return pages
    .filter(({ description }) => description !== '')
    .map((page) => [`roles/${page.name}/README.md`, rolePage(page)])
}

export function rolePage({ name, summary, description, args, scenarios }: RolePage): string {
  const tests = scenarios.map((one) => `- ${code(one.name)}: ${one.description || 'the role, twice.'}`)
  const sections = [
    `# ${name}`,
    `${summary}.`,
    description,
    '## Arguments',
    args.length > 0 ? rowsTable(args) : 'It takes none.',
    ...(tests.length > 0 ? ['## Tests', `${code(`tsplay test ${name}`)} runs:`, tests.join('\n')] : []),
  ]
  return `${origin(`roles/${name}/meta/argument_specs.yml`)}\n${sections.join('\n\n')}\n`
}
