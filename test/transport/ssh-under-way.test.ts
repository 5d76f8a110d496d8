import type { Client, ClientChannel } from 'ssh2'
import { describe, expect, it } from 'vitest'
import { holdBack, usefulBytes } from '#transport/ssh-under-way.ts'

const client = (version: string): Client => Object.assign(Object.create(null), { _remoteVer: version })

/** What may be sent at once on a new channel with this window. */
function windowOf(version: string, window: number, bytes: number): number {
  const outgoing = { window }
  const channel: ClientChannel = Object.assign(Object.create(null), { outgoing })
  holdBack(client(version), channel, bytes)
  return outgoing.window
}

describe('what may be under way to a program', () => {
  it('grows with the time that an answer takes', () => {
    expect([0, 1, 11].map(usefulBytes)).toEqual([640 << 10, 768 << 10, 2 << 20])
    expect(usefulBytes(undefined)).toBe(Number.POSITIVE_INFINITY)
  })

  it('is less than the window of OpenSSH, never more', () => {
    expect(windowOf('OpenSSH_9.2p1 Debian-2', 2 << 20, 800_000.5)).toBe(800_001)
    expect(windowOf('OpenSSH_9.2p1 Debian-2', 65_536, 800_000)).toBe(65_536)
    expect(windowOf('OpenSSH_9.2p1 Debian-2', 2 << 20, Number.POSITIVE_INFINITY)).toBe(2 << 20)
  })

  it('is the whole window of a server that may wait until half of it is used', () => {
    expect(windowOf('dropbear_2022.83', 2 << 20, 800_000)).toBe(2 << 20)
  })

  it('stays as it is where ssh2 does not look as expected', () => {
    expect(() => holdBack(client('OpenSSH_9.2'), Object.create(null), 1)).not.toThrow()
  })
})
