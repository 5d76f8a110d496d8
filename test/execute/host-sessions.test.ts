import { expect, test } from 'vitest'
import { HostSession } from '#execute/host-session.ts'
import { HostSessions } from '#execute/host-sessions.ts'

const never = () => Promise.reject(new Error('not connected in this test'))

test('gives one session for the same wishes, and another one for another user, port or connection', () => {
  const opened: unknown[] = []
  const sessions = new HostSessions((wishes) => {
    opened.push(wishes)
    return new HostSession('web1', never)
  })
  const plain = sessions.of({})
  expect(sessions.of({})).toBe(plain)
  expect(sessions.of({ user: 'deploy' })).not.toBe(plain)
  expect(sessions.of({ connection: 'local' })).not.toBe(sessions.of({ port: 22 }))
  expect(opened).toEqual([{}, { user: 'deploy' }, { connection: 'local' }, { port: 22 }])
})

test('lets the other sessions forget what one of them has changed', () => {
  const sessions = new HostSessions(() => new HostSession('web1', never))
  const [root, deploy] = [sessions.of({ user: 'root' }), sessions.of({ user: 'deploy' })]
  const remember = (session: HostSession) =>
    session.store.remember('size', '', {
      answer: Promise.resolve(1),
      reads: [{ kind: 'path', name: '/etc/motd' }],
    })
  remember(root)
  remember(deploy)
  sessions.forget([{ kind: 'path', name: '/etc/motd' }], root)
  expect(root.store.get('size')).toBeDefined()
  expect(deploy.store.get('size')).toBeUndefined()
})
