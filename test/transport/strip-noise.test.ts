import { text } from 'node:stream/consumers'
import { expect, it } from 'vitest'
import { StripNoise } from '#transport/strip-noise.ts'

const nonce = 'f00d'

/** What is left of these chunks, and the number that the mark told. */
async function stripped(...chunks: readonly string[]) {
  const pids: number[] = []
  const stream = new StripNoise(nonce, (pid) => pids.push(pid)).setEncoding('latin1')
  for (const chunk of chunks) stream.write(Buffer.from(chunk, 'latin1'))
  stream.end()
  return { left: await text(stream), pids, noise: stream.noise }
}

it.each([
  'plain',
  '',
  '\n\x1e',
  'data that ends like a mark begins \x1e',
  `\x1e${nonce.slice(0, 2)}`,
  `\x1e${nonce} `,
])('gives what follows the mark to its last byte, wherever it is cut: %j', async (data) => {
  const whole = `Welcome\n\x1e${nonce} ready 42\n${data}`
  for (let at = 0; at <= whole.length; at += 1) {
    const found = await stripped(whole.slice(0, at), whole.slice(at))
    expect(found, `cut at ${at}`).toEqual({ left: data, pids: [42], noise: 'Welcome\n' })
  }
})
