import { afterEach, describe, expect, it, vi } from 'vitest'
import { completeLine, wantedAt } from '#cli/complete.ts'
import type { UseCases } from '#cli/use-cases.ts'

const never = () => Promise.reject(new Error('not to be called'))
const useCases = (complete: UseCases['complete']): UseCases => ({
  runPlaybook: never,
  runAdHoc: never,
  showInventory: never,
  validateProject: never,
  describeModules: never,
  editorSchema: never,
  showHistory: never,
  controlVault: never,
  runDaemon: never,
  installDaemon: never,
  controlSchedules: never,
  controlRestore: never,
  simulateBackups: never,
  controlLab: never,
  testRoles: never,
  complete,
})

/** What the shell would offer after a line; the last word is the one being typed. */
async function offered(
  words: readonly string[],
  complete: UseCases['complete'] = async () => [],
): Promise<string[]> {
  const lines: string[] = []
  vi.spyOn(console, 'log').mockImplementation((line: string) => {
    lines.push(line)
  })
  await completeLine(words, useCases(complete))
  return lines.filter((line) => !line.startsWith(':')).map((line) => line.split('\t')[0] ?? '')
}

afterEach(() => {
  vi.restoreAllMocks()
})

describe('wantedAt', () => {
  it.each([
    [['run', ''], 'files'],
    [['run', 'site.yml', '-l', ''], 'hosts'],
    [['run', 'site.yml', '--limit=we'], 'hosts'],
    [['run', '-i', ''], 'files'],
    [['run', '-t', 'a'], 'tags'],
    [['run', '-f', ''], undefined],
    [['run', '-C', ''], 'files'],
    [['run', '--li'], undefined],
    [['exec', ''], 'hosts'],
    [['exec', 'web', '-m', ''], 'modules'],
    [['doc', 'ap'], 'modules'],
    [['lab', 'ssh', ''], 'lab-hosts'],
    [['lab', ''], undefined],
    [['ru'], undefined],
    [[''], undefined],
  ])('%j wants %s', (words, wanted) => {
    expect(wantedAt(words)).toBe(wanted)
  })
})

describe('completeLine', () => {
  it('offers commands, also those of groups', async () => {
    expect(await offered(['in'])).toEqual(['inventory'])
    expect(await offered(['lab', ''])).toEqual([
      ...['up', 'down', 'status', 'ssh', 'exec', 'reset', 'logs', 'image', 'fault', 'calls', 'road'],
      ...['freeze', 'thaw', 'kill', 'reboot', 'fill', 'clock'],
    ])
  })

  it('offers options and their words', async () => {
    expect(await offered(['run', '--li'])).toEqual(['--limit', '--list-hosts', '--list-tasks', '--list-tags'])
    expect(await offered(['run', '--become-method', ''])).toEqual(['sudo', 'su', 'doas'])
  })

  it('offers hosts of the inventory that the line names', async () => {
    let asked: unknown
    const words = await offered(['run', 'site.yml', '-i', 'prod', '-l', 'we'], async (request) => {
      asked = request
      return [
        { value: 'web1', description: 'host' },
        { value: 'db1', description: 'host' },
      ]
    })
    expect(words).toEqual(['web1'])
    expect(asked).toEqual({
      of: 'hosts',
      hosts: { inventories: ['prod'], unknownHosts: 'warn' },
      playbooks: ['site.yml'],
    })
  })

  it('offers nothing when the project cannot be read', async () => {
    expect(await offered(['exec', ''], never)).toEqual([])
  })

  it('leaves names of files to the shell', async () => {
    const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
    await offered(['run', 'si'])
    expect(write).toHaveBeenCalledWith(':0\n')
  })
})
