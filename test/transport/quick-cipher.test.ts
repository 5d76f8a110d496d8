import { createDecipheriv, randomBytes } from 'node:crypto'
import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { quickenCipher } from '#transport/quick-cipher.ts'

interface Cipher {
  readonly outSeqno: number
  allocPacket(payload: number): Buffer
  encrypt(packet: Buffer): void
}

const { createCipher }: { createCipher(config: unknown): Cipher } = createRequire(import.meta.url)(
  'ssh2/lib/protocol/crypto.js',
)

test.each([16, 32])('gives ssh2 ciphers that make the same packets: keys of %i bytes', (keyLen) => {
  const [key, iv] = [randomBytes(keyLen), randomBytes(12)]
  iv.fill(255, 9)
  const written: Uint8Array[] = []
  const slow = createCipher({
    outbound: {
      onWrite: (bytes: Uint8Array) => written.push(bytes),
      cipherInfo: { sslName: `aes-${keyLen * 8}-gcm`, keyLen, ivLen: 12 },
      cipherKey: Buffer.from(key),
      cipherIV: Buffer.from(iv),
      seqno: 7,
      forceNative: true,
    },
  })
  const protocol = { _cipher: slow }
  const client = { _protocol: protocol }
  quickenCipher(client as never)
  const quick = protocol._cipher
  expect(quick).not.toBe(slow)

  const payloads = [1, 9, 10, 11, 12, 13, 300, 8_200, 32_777, 32_777, 50_000].map((size) => randomBytes(size))
  for (const payload of payloads) {
    const packet = quick.allocPacket(payload.length)
    packet.set(payload, 5)
    quick.encrypt(packet)
  }
  expect(quick.outSeqno).toBe(7 + payloads.length)

  // What was written must stay as it is, although packets share their memory.
  let rest = Buffer.concat(written)
  const counter = iv.subarray(4)
  for (const payload of payloads) {
    const length = rest.readUInt32BE()
    expect(length % 16).toBe(0)
    const decipher = createDecipheriv(`aes-${keyLen === 16 ? 128 : 256}-gcm`, key, iv)
    decipher.setAAD(rest.subarray(0, 4))
    decipher.setAuthTag(rest.subarray(4 + length, 20 + length))
    const plain = Buffer.concat([decipher.update(rest.subarray(4, 4 + length)), decipher.final()])
    const padding = plain[0] ?? 0
    expect(padding).toBeGreaterThanOrEqual(4)
    expect(plain.subarray(1, length - padding).equals(payload)).toBe(true)
    rest = rest.subarray(20 + length)
    counter.writeBigUInt64BE(BigInt.asUintN(64, counter.readBigUInt64BE() + 1n))
  }
  expect(rest).toHaveLength(0)
})

test('leaves a cipher alone that it does not know', () => {
  const protocol = { _cipher: { encrypt: () => undefined } }
  const before = protocol._cipher
  quickenCipher({ _protocol: protocol } as never)
  expect(protocol._cipher).toBe(before)
})
