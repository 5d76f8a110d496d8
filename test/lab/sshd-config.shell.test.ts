import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { sshdConfig } from '#lab/sshd-config.ts'
import { scratchFolder } from '../support/scratch-folder.ts'

const run = promisify(execFile)

describe('the settings of a plain SSH server', () => {
  it('are what sshd understands of them', async () => {
    const folder = await scratchFolder()
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, 'host_key')])
    const file = join(folder, 'sshd_config')
    const environment = ['HOME=/a folder', 'PATH=/x:/bin']
    await writeFile(
      file,
      sshdConfig({ endpoint: { address: '127.10.1.11', port: 2223 }, folder, environment }),
    )
    // sshd wants it for any question; nothing else makes it where no systemd unit has run.
    if (process.getuid?.() === 0) await mkdir('/run/sshd', { recursive: true })
    const { stdout } = await run('/usr/sbin/sshd', ['-T', '-f', file])
    expect(stdout).toContain('listenaddress 127.10.1.11:2223\n')
    expect(stdout).toContain(`authorizedkeysfile ${join(folder, 'authorized_keys')}\n`)
    expect(stdout).toContain('passwordauthentication no\n')
    expect(stdout).toContain('setenv HOME=/a folder\nsetenv PATH=/x:/bin\n')
  })
})
