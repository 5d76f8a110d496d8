import { expect, test } from 'vitest'
import { sshArguments } from '#execute/ssh-arguments.ts'

test.each([
  ['-o UserKnownHostsFile=/k -o IdentitiesOnly=yes', { knownHostsFile: '/k', ignored: [] }],
  ['-o StrictHostKeyChecking=no', { hostKeyChecking: 'off', ignored: [] }],
  ['-oStrictHostKeyChecking=accept-new -C', { hostKeyChecking: 'accept-new', ignored: ['-C'] }],
  ['-J admin@gate:2222', { jump: 'admin@gate:2222', ignored: [] }],
  [
    `-o 'ProxyJump one,two' -i "/my keys/id"`,
    { jump: 'one,two', privateKeyFile: '/my keys/id', ignored: [] },
  ],
  ['-p 2222 -l root -F /etc/x', { port: 2222, user: 'root', configFile: '/etc/x', ignored: [] }],
  ['-o ProxyCommand="nc %h %p"', { ignored: ['-o ProxyCommand=nc %h %p'] }],
  ['', { ignored: [] }],
])('reads %s', (text, expected) => {
  expect(sshArguments(text)).toEqual(expected)
})
