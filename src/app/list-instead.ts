import type { Terminal } from '#base/terminal.ts'
import { type ListedHosts, type ListedTask, listHosts, listTags, listTasks } from '#compile/list-program.ts'
import type { Program } from '#model/program.ts'
import { limitedHosts } from './limited-hosts.ts'
import type { Outcome, RunRequest } from './requests.ts'

/** `--list-hosts`, `--list-tasks`, `--list-tags`, `--syntax-check`: says what would run and runs nothing. */
export function listInstead(request: RunRequest, program: Program, terminal: Terminal): Outcome {
  const { instead } = request
  const hosts = listHosts(program)
  const tasks = listTasks(program)
  const tags = listTags(program)
  if (instead?.syntaxCheck) terminal.stdout.write('No errors.\n')
  program.plays.forEach((play, i) => {
    const lines = [
      ...(instead?.listHosts ? hostLines(request, program, hosts[i]) : []),
      ...(instead?.listTasks ? (tasks[i]?.tasks.map(taskLine) ?? []) : []),
      ...(instead?.listTags ? [`  tags: ${tags[i]?.tags.join(', ') || '(none)'}`] : []),
    ]
    if (lines.length > 0) terminal.stdout.write(`play: ${play.name}\n${lines.join('\n')}\n`)
  })
  return { exitReason: 'done' }
}

function hostLines(
  request: RunRequest,
  program: Program,
  listed: ListedHosts | undefined,
): readonly string[] {
  if (!listed) return []
  if (!listed.hosts) return [`  hosts: ${listed.pattern} (known only during the run)`]
  const hosts = limitedHosts(program.inventory, listed.hosts, request.hosts.limit)
  return [`  hosts (${hosts.length}):`, ...hosts.map((host) => `    ${host}`)]
}

function taskLine({ name, role, tags, source }: ListedTask): string {
  const title = role ? `${role} : ${name}` : name
  return `  ${title}${tags.length > 0 ? `  [${tags.join(', ')}]` : ''}  (${source})`
}
