import { printable } from '#base/display-width.ts'

/** `role : task`, in one line. */
export function taskTitle(task: { readonly task: string; readonly role?: string }): string {
  const title = task.role === undefined ? task.task : `${task.role} : ${task.task}`
  return printable(title).replaceAll(/\s+/g, ' ').trim()
}
