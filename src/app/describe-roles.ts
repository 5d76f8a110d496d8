import { listText } from '#report/module-page.ts'
import { rolePageText } from '#report/role-page.ts'
import type { Style } from '#report/style.ts'
import { knownRole, rolesHere } from './find-scenarios.ts'
import { readRolePage } from './read-role-page.ts'

/** What is shown, as data and as text. */
export interface Described {
  readonly data: unknown
  text(style: Style): string
}

/** All roles of the project in the working folder, each with its sentence. */
export async function describedRoles(): Promise<Described> {
  const pages = await Promise.all(rolesHere().map(readRolePage))
  const rows = pages.map(({ name, summary }) => ({ name, summary }))
  return { data: rows, text: (style) => listText(rows, style) }
}

/** One role with its arguments. Throws UsageError when there is none of that name. */
export async function describedRole(written: string): Promise<Described> {
  const page = await readRolePage(knownRole(written, rolesHere()))
  return { data: page, text: (style) => rolePageText(page, style) }
}
