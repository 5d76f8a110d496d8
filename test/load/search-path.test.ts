import { homedir } from 'node:os'
import { expect, test } from 'vitest'
import { type SearchRequest, searchPath } from '#load/search-path.ts'

const inRole = { from: '/p/roles/web/tasks/sub/more.yml', rolePaths: ['/p/roles/web'], playbookFolder: '/p' }
const inPlaybook = { from: '/p/plays/x.yml', playbookFolder: '/p' }

test.each<[SearchRequest, readonly string[]]>([
  [
    { kind: 'files', name: 'a.txt', ...inRole },
    [
      '/p/roles/web/files/a.txt',
      '/p/roles/web/a.txt',
      '/p/roles/web/tasks/sub/files/a.txt',
      '/p/roles/web/tasks/sub/a.txt',
      '/p/files/a.txt',
      '/p/a.txt',
    ],
  ],
  [
    { kind: 'templates', name: 'd/a.hbs', ...inPlaybook },
    ['/p/plays/templates/d/a.hbs', '/p/plays/d/a.hbs', '/p/templates/d/a.hbs', '/p/d/a.hbs'],
  ],
  [{ kind: 'vars', name: 'vars/a.yml', ...inPlaybook }, ['/p/plays/vars/a.yml', '/p/vars/a.yml']],
  [
    { kind: 'tasks', name: 'setup.yml', ...inRole },
    ['/p/roles/web/tasks/sub/setup.yml', '/p/roles/web/tasks/setup.yml', '/p/setup.yml'],
  ],
  [
    { kind: 'handlers', name: 'h.yml', ...inRole, from: '/p/roles/web/handlers/main.yml' },
    ['/p/roles/web/handlers/h.yml', '/p/roles/web/tasks/h.yml', '/p/h.yml'],
  ],
  [{ kind: 'tasks', name: '../c.yml', ...inPlaybook }, ['/p/c.yml', '/c.yml']],
  [{ kind: 'files', name: '/etc/../x', ...inRole }, ['/x']],
  [{ kind: 'files', name: '~/x', ...inRole }, [`${homedir()}/x`]],
])('%o', (request, places) => {
  expect(searchPath(request)).toEqual(places)
})
