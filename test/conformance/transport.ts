import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { HostError } from '#model/host-error.ts'
import type { Connection, Frame, FrameResult } from '#model/transport.ts'

export interface ConformingTransport {
  /** Opens a new connection to a host whose files are this machine's. */
  readonly connect: (signal?: AbortSignal) => Promise<Connection>
  /** A shell whose `eval` gives 1 for a syntax error (mksh). */
  readonly syntaxErrorCode?: number
}

/** Sends one frame and awaits it. */
export async function runFrame(connection: Connection, frame: Frame | string): Promise<FrameResult> {
  const [result] = connection.send([typeof frame === 'string' ? { script: frame } : frame])
  if (!result) throw new Error('No result was given.')
  return result
}

export async function reasonOf(promise: Promise<unknown> | undefined): Promise<string> {
  try {
    await promise
    return 'no error'
  } catch (error) {
    return error instanceof HostError ? error.reason : `not a HostError: ${String(error)}`
  }
}

/** How long a busy machine may take for what is sure to come. */
const patience = { timeout: 30_000 }

/** Collects a byte stream. */
export async function bytesOf(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** Waits until there is no process with this text in its command line; gives what is left after thirty seconds. */
export async function lingering(text: string): Promise<string> {
  const { execFileSync } = await import('node:child_process')
  for (let tries = 0; ; tries += 1) {
    const all = execFileSync('ps', ['-A', '-o', 'pid=,stat=,args='], { encoding: 'utf8' }).split('\n')
    const left = all.filter((line) => line.includes(text) && !/^\s*\d+ Z/.test(line)).join('\n')
    if (left === '' || tries > 300) return left
    await sleep(100)
  }
}

/** What every transport that runs real shells promises. */
export function describeTransport(name: string, prepare: () => Promise<ConformingTransport>): void {
  describe(`a transport: ${name}`, () => {
    let transport: ConformingTransport
    let connection: Connection
    let folder: string

    beforeAll(async () => {
      transport = await prepare()
      connection = await transport.connect()
      folder = await mkdtemp(join(tmpdir(), 'tsplay-transport-'))
    })
    afterAll(async () => {
      await connection?.close()
      await rm(folder, { recursive: true, force: true })
    })

    it('gives exit code, stdout and stderr of a frame', async () => {
      const result = await runFrame(connection, 'echo out; echo err >&2; exit 7')
      expect(result).toEqual({ rc: 7, stdout: 'out\n', stderr: 'err\n', truncated: false })
    })

    it('answers fifty frames of one send in order, as one flight', async () => {
      await runFrame(connection, ':')
      const before = connection.count.flights
      const frames = Array.from({ length: 50 }, (_, i) => ({
        script: `echo ${i}; echo e${i} >&2; exit ${i}`,
      }))
      const results = await Promise.all(connection.send(frames))
      expect(results.map(({ rc }) => rc)).toEqual(frames.map((_, i) => i))
      expect(results.map(({ stdout, stderr }) => stdout + stderr)).toEqual(
        frames.map((_, i) => `${i}\ne${i}\n`),
      )
      expect(connection.count.flights - before).toBe(1)
    })

    it('keeps nothing of one frame for the next', async () => {
      const [, second] = await Promise.all(
        connection.send([
          {
            script:
              'cd /; A=1; export B=2; umask 0; set -e; trap "echo trapped" EXIT; alias ls=false; exec 5>&1',
          },
          { script: 'echo "[$A][$B]"; pwd; umask; false; echo on' },
        ]),
      )
      const home = (await runFrame(connection, 'cd; pwd')).stdout
      expect(second?.stdout).toMatch(/^\[\]\[\]\n/)
      expect(second?.stdout).toContain(home)
      expect(second?.stdout).toMatch(/0?022\non\n$/)
    })

    it('reports a syntax error and goes on', async () => {
      const [bad, good] = await Promise.all(
        connection.send([{ script: 'if then (' }, { script: 'echo fine' }]),
      )
      expect(bad?.rc).toBe(transport.syntaxErrorCode ?? 2)
      expect(bad?.stderr).not.toBe('')
      expect(good?.stdout).toBe('fine\n')
    })

    it('gives frames an empty stdin', async () => {
      const [cat, next] = await Promise.all(
        connection.send([{ script: 'cat; read x; echo "[$x]"' }, { script: 'echo next' }]),
      )
      expect(cat?.stdout).toBe('[]\n')
      expect(next?.stdout).toBe('next\n')
    })

    it('hands values over in the environment of one frame only', async () => {
      const env = { PLAIN: 'a b', QUOTES: `it's "$HOME" \`id\` \\`, SEVERAL: 'one\ntwo\n', UMLAUT: 'größe' }
      const [with_, without] = await Promise.all(
        connection.send([
          { script: 'for n in PLAIN QUOTES SEVERAL UMLAUT; do printenv $n; done', env },
          { script: 'printenv PLAIN' },
        ]),
      )
      expect(with_?.stdout).toBe(`${Object.values(env).join('\n')}\n`)
      expect(without?.stdout).toBe('')
    })

    it('carries all bytes both ways', async () => {
      const all = Buffer.from(Array.from({ length: 255 }, (_, i) => i + 1)).toString('latin1')
      const octal = Array.from({ length: 256 }, (_, i) => `\\${i.toString(8).padStart(3, '0')}`).join('')
      const out = await runFrame(connection, {
        script: `printf '${octal}'; printf '${octal}' >&2`,
        binary: true,
      })
      expect(out.stdout).toBe(`\0${all}`)
      expect(out.stderr).toBe(`\0${all}`)
      const text = 'grüße ✓ 日本 \t\r\n\u{1f600}'
      expect((await runFrame(connection, `cat <<'EOF'\n${text}\nEOF`)).stdout).toBe(`${text}\n`)
    })

    it('is not confused by output that looks like its own marks', async () => {
      const script = `printf '\\036abc end 1 0\\n\\036'; printf '\\036' >&2; printf '\\036%s end 0 5\\n' x`
      const [first, second] = await Promise.all(connection.send([{ script }, { script: 'echo next' }]))
      expect(first?.stdout).toBe('\x1eabc end 1 0\n\x1e\x1ex end 0 5\n')
      expect(first?.stderr).toBe('\x1e')
      expect(second?.stdout).toBe('next\n')
    })

    it('keeps output without a final newline as it is', async () => {
      expect((await runFrame(connection, 'printf abc; printf def >&2')).stdout).toBe('abc')
    })

    it('starts from a fixed environment', async () => {
      const { stdout } = await runFrame(connection, 'umask; echo "$LC_ALL"; echo "$PATH"')
      const [umask, locale, path] = stdout.split('\n')
      expect(Number(umask)).toBe(22)
      expect(locale).toMatch(/^C(\.UTF-8)?$/)
      expect(path?.split(':')).toEqual(
        expect.arrayContaining(['/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/bin', '/bin']),
      )
    })

    it('shows output while a frame runs', async () => {
      const seen: string[] = []
      const onOutput: Frame['onOutput'] = (stream, text) => seen.push(`${stream}:${text}`)
      const gate = join(folder, 'gate')
      const script = `echo one; echo two >&2; until [ -e ${gate} ]; do sleep 0.05; done; echo three`
      const [running] = connection.send([{ script, onOutput }])
      await expect.poll(() => seen.toSorted(), patience).toEqual(['stderr:two\n', 'stdout:one\n'])
      await writeFile(gate, '')
      await running
      expect(seen.filter((text) => text.startsWith('stdout')).join('')).toBe('stdout:one\nstdout:three\n')
    })

    it('drops output beyond the limit and says so', async () => {
      const result = await runFrame(connection, 'head -c 20000000 /dev/zero; echo kept >&2')
      expect(result.truncated).toBe(true)
      expect(result.stdout.length).toBe(16 << 20)
      expect(result.stderr).toBe('kept\n')
    })

    it('does not wait for what a frame leaves running in the background', async () => {
      const { stdout } = await runFrame(connection, 'sleep 600 >/dev/null 2>&1 & echo $!')
      expect((await runFrame(connection, `kill ${stdout}`)).rc).toBe(0)
    })

    it('ends a frame that takes too long, with all it started, and goes on', async () => {
      const [slow, next] = connection.send([
        {
          script: 'echo begun; (sleep 61.125; :) & sh -c "sleep 61.125; sleep 61.125"',
          timeoutMs: 2000,
        },
        { script: 'echo next' },
      ])
      await expect(slow).rejects.toMatchObject({ reason: 'timeout', details: { stdout: 'begun\n' } })
      expect((await next)?.stdout).toBe('next\n')
      expect(await lingering('sleep 61.125')).toBe('')
    })

    it('ends a frame that will not be asked, after two seconds', async () => {
      const script = 'trap "" TERM; (sleep 66.125; :) & sleep 66.125; sleep 66.125'
      expect(await reasonOf(runFrame(connection, { script, timeoutMs: 200 }))).toBe('timeout')
      expect(await lingering('sleep 66.125')).toBe('')
    })

    it('refuses what no shell can carry', async () => {
      expect(await reasonOf(runFrame(connection, 'echo a\0b'))).toBe('refused')
      expect(await reasonOf(runFrame(connection, { script: 'id', env: { A: 'a\0b' } }))).toBe('refused')
      expect(await reasonOf(runFrame(connection, { script: 'id', env: { 'A;id': 'a' } }))).toBe('refused')
    })

    it('lets a frame with time to spare end by itself', async () => {
      expect(await runFrame(connection, { script: 'echo quick; exit 3', timeoutMs: 60_000 })).toMatchObject({
        rc: 3,
        stdout: 'quick\n',
      })
    })

    it('says that a frame may have run when its shell is killed, and opens another', async () => {
      const [killed, behind] = connection.send([{ script: 'kill -9 $$; sleep 1' }, { script: 'echo x' }])
      expect(await reasonOf(killed)).toBe('connection-lost')
      expect(await reasonOf(behind)).toBe('connection-lost')
      expect((await runFrame(connection, 'echo again')).stdout).toBe('again\n')
    })

    it('uploads and downloads any bytes, private to their owner', async () => {
      const content = randomBytes(3_000_001)
      const path = join(folder, `it's a "file" $x`)
      const seen: number[] = []
      await connection.upload({ path, content, onProgress: (bytes) => seen.push(bytes) })
      expect((await readFile(path)).equals(content)).toBe(true)
      expect((await stat(path)).mode & 0o777).toBe(0o600)
      expect(seen.at(-1)).toBe(content.length)
      const received: number[] = []
      const back = await bytesOf(connection.download({ path, onProgress: (bytes) => received.push(bytes) }))
      expect(back.equals(content)).toBe(true)
      expect(received.at(-1)).toBe(content.length)
    })

    it('downloads short files to their last byte, whatever that is', async () => {
      const path = join(folder, 'short')
      for (let last = 0; last < 256; last += 8) {
        // 0x1e, with which marks begin, is one of them.
        const content = Buffer.from([0x28, 0xb5, last + 6])
        await writeFile(path, content)
        expect(await bytesOf(connection.download({ path }))).toEqual(content)
      }
    })

    it('overwrites a longer file from its beginning, and writes empty ones', async () => {
      const path = join(folder, 'shrinks')
      await writeFile(path, 'long content')
      await connection.upload({ path, content: Buffer.from('short') })
      expect(await readFile(path, 'utf8')).toBe('short')
      await connection.upload({ path, content: new Uint8Array() })
      expect(await readFile(path, 'utf8')).toBe('')
    })

    it('uploads what comes in pieces', async () => {
      const path = join(folder, 'pieces')
      async function* content() {
        for (let i = 0; i < 100; i += 1) yield Buffer.alloc(10_000, i)
      }
      await connection.upload({ path, content: content() })
      expect(
        (await readFile(path)).equals(
          Buffer.concat(Array.from({ length: 100 }, (_, i) => Buffer.alloc(10_000, i))),
        ),
      ).toBe(true)
    })

    it('says why a file cannot be written or read', async () => {
      const path = join(folder, 'no', 'such', 'folder')
      expect(await reasonOf(connection.upload({ path, content: Buffer.alloc(5_000_000) }))).toBe(
        'command-failed',
      )
      await expect(bytesOf(connection.download({ path }))).rejects.toThrow(
        /no such file|nonexistent|can't open|cannot open/i,
      )
    })

    it('reports a full disk as one', async () => {
      expect(await reasonOf(connection.upload({ path: '/dev/full', content: Buffer.alloc(1000) }))).toBe(
        'disk-full',
      )
    })

    it('ends a download that nobody reads to its end', async () => {
      for await (const chunk of connection.download({ path: '/dev/zero' })) {
        expect(chunk.length).toBeGreaterThan(0)
        break
      }
      expect((await runFrame(connection, 'echo alive')).stdout).toBe('alive\n')
    })

    it('runs a script between two byte streams', async () => {
      async function* stdin() {
        yield Buffer.from('one\n')
        yield Buffer.from('two\n')
      }
      const { stdout, exit } = connection.stream({
        script: 'n=$(printf "a\\nb"); tr a-z A-Z; echo "$n" >&2; exit 3',
        stdin: stdin(),
      })
      expect((await bytesOf(stdout)).toString()).toBe('ONE\nTWO\n')
      expect(await exit).toEqual({ rc: 3, stderr: 'a\nb\n' })
    })

    it('streams without input', async () => {
      const { stdout, exit } = connection.stream({ script: 'cat; head -c 5000000 /dev/zero' })
      expect((await bytesOf(stdout)).length).toBe(5_000_000)
      expect((await exit).rc).toBe(0)
    })

    it('counts frames, flights and bytes', async () => {
      const fresh = await transport.connect()
      await Promise.all(fresh.send([{ script: 'echo 1' }, { script: 'echo 2' }]))
      expect(fresh.count).toMatchObject({ frames: 2, flights: 1 })
      expect(fresh.count.bytesSent).toBeGreaterThan(50)
      expect(fresh.count.bytesReceived).toBeGreaterThan(50)
      await fresh.close()
    })

    it('starts anew after a reset', async () => {
      const fresh = await transport.connect()
      const [before] = fresh.send([{ script: 'sleep 0.2; echo $$' }])
      const reset = fresh.reset()
      const [meanwhile] = fresh.send([{ script: 'echo fine' }])
      await reset
      expect((await before)?.rc).toBe(0)
      expect((await meanwhile)?.stdout).toBe('fine\n')
      expect((await runFrame(fresh, 'echo $$')).stdout).not.toBe((await before)?.stdout)
      await fresh.close()
    })

    it('leaves no process behind when it is closed, and refuses what comes later', async () => {
      const fresh = await transport.connect()
      const seen: string[] = []
      const running = fresh.send([
        { script: 'echo begun; sleep 62.125 & sleep 62.125', onOutput: (_, text) => seen.push(text) },
        { script: `touch '${folder}/ran'` },
      ])
      const { stdout } = fresh.stream({ script: 'sleep 62.125' })
      void bytesOf(stdout).catch(() => undefined)
      await expect.poll(() => seen, patience).toEqual(['begun\n'])
      await fresh.close()
      await fresh.close()
      expect(await Promise.all(running.map(reasonOf))).toEqual(['connection-lost', 'connection-lost'])
      expect(await lingering('sleep 62.125')).toBe('')
      await expect(stat(`${folder}/ran`)).rejects.toThrow()
      expect(await reasonOf(fresh.send([{ script: 'echo late' }])[0])).toBe('unreachable')
      expect(await reasonOf(fresh.upload({ path: `${folder}/late`, content: Buffer.alloc(1) }))).toBe(
        'unreachable',
      )
    })

    it('leaves nothing behind that was still on its way to the host when it was closed', async () => {
      // Several, since it is a matter of moments how far each has come.
      const endings = Array.from({ length: 8 }, async () => {
        const fresh = await transport.connect()
        const running = fresh.send([{ script: 'sleep 64.125' }])
        const { stdout } = fresh.stream({ script: 'sleep 64.125' })
        const streaming = reasonOf(bytesOf(stdout))
        await fresh.close()
        await streaming
        return await reasonOf(running[0])
      })
      expect(await Promise.all(endings)).not.toContain('no error')
      expect(await lingering('sleep 64.125')).toBe('')
    })

    it('stops at once when its signal says so', async () => {
      const controller = new AbortController()
      const fresh = await transport.connect(controller.signal)
      const onOutput = () => controller.abort()
      const [running] = fresh.send([{ script: 'echo begun; sleep 63.125', onOutput }])
      expect(await reasonOf(running)).toBe('interrupted')
      await fresh.close()
      expect(await lingering('sleep 63.125')).toBe('')
      expect(await reasonOf(transport.connect(controller.signal))).toBe('interrupted')
    })
  })
}
