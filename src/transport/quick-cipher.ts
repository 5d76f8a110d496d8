import { createCipheriv, createSecretKey, type KeyObject, randomFillSync } from 'node:crypto'
import type { Client } from 'ssh2'
import { markUsedOnce } from './used-once.ts'

/** What ssh2 makes of each connection's AES-GCM; it has another one where its native addon was built. */
interface Slow {
  readonly _encSSLName: 'aes-128-gcm' | 'aes-256-gcm'
  readonly _encKey: Uint8Array
  readonly _encIV: Uint8Array
  readonly _onWrite: (bytes: Uint8Array) => void
  readonly outSeqno: number
}

/** A channel's packet of 32 KiB with what is around it. */
const scratchSize = 36 << 10
/** Below this, one piece costs less than three. */
const smallPacket = 8 << 10

/**
 * Makes encryption cost less than half: ssh2 prepares the key anew for each packet and takes new memory for each. To be
 * called in each `handshake` event, since new keys come with it. Does nothing where ssh2 does not look as expected.
 */
export function quickenCipher(client: Client): void {
  const protocol: unknown = Reflect.get(client, '_protocol')
  if (typeof protocol !== 'object' || protocol === null) return
  const cipher: unknown = Reflect.get(protocol, '_cipher')
  if (isSlow(cipher)) Reflect.set(protocol, '_cipher', new QuickCipher(cipher))
  prepareKey(Reflect.get(protocol, '_decipher'))
}

/** What comes is decrypted with a key that is made ready once as well. */
function prepareKey(decipher: unknown): void {
  if (typeof decipher !== 'object' || decipher === null) return
  const key: unknown = Reflect.get(decipher, '_decipherKey')
  const isGcm = /^aes-(128|256)-gcm$/.test(String(Reflect.get(decipher, '_decipherSSLName')))
  if (isGcm && key instanceof Uint8Array) Reflect.set(decipher, '_decipherKey', createSecretKey(key))
}

let randomBytes = Buffer.alloc(0)

/** Random bytes (RFC 4253, section 6) from there to the end; they are drawn for many packets at once. */
function randomPadding(packet: Buffer, from: number): void {
  const size = packet.length - from
  if (randomBytes.length < size) randomBytes = randomFillSync(Buffer.allocUnsafeSlow(4096))
  randomBytes.copy(packet, from, 0, size)
  randomBytes = randomBytes.subarray(size)
}

function isSlow(cipher: unknown): cipher is Slow {
  if (typeof cipher !== 'object' || cipher === null) return false
  const of = (name: string): unknown => Reflect.get(cipher, name)
  return (
    /^aes-(128|256)-gcm$/.test(String(of('_encSSLName'))) &&
    [of('_encKey'), of('_encIV')].every((bytes) => bytes instanceof Uint8Array) &&
    typeof of('_onWrite') === 'function' &&
    typeof of('outSeqno') === 'number'
  )
}

/** AES-GCM for SSH (RFC 5647), in the shape that ssh2 gives its ciphers. */
class QuickCipher {
  /** Read and set by ssh2. */
  outSeqno: number
  readonly #name: Slow['_encSSLName']
  readonly #key: KeyObject
  readonly #iv: Uint8Array
  readonly #onWrite: Slow['_onWrite']
  #scratch: Buffer | undefined
  #isFree = false

  constructor({ _encSSLName, _encKey, _encIV, _onWrite, outSeqno }: Slow) {
    this.outSeqno = outSeqno
    this.#name = _encSSLName
    this.#key = createSecretKey(_encKey)
    this.#iv = _encIV
    this.#onWrite = _onWrite
  }

  free(): void {
    this.#isFree = true
  }

  /** ssh2 fills a packet and encrypts it before it asks for the next one, so large ones may share their memory. */
  allocPacket(payload: number): Buffer {
    const unpadded = 1 + payload
    const padding = 16 - (unpadded % 16) + (unpadded % 16 > 12 ? 16 : 0)
    const length = unpadded + padding
    const packet = this.#memory(4 + length)
    packet.writeUInt32BE(length)
    packet[4] = padding
    randomPadding(packet, 5 + payload)
    return packet
  }

  encrypt(packet: Buffer): void {
    if (this.#isFree) return
    const length = packet.subarray(0, 4)
    const cipher = createCipheriv(this.#name, this.#key, this.#iv)
    cipher.setAAD(length)
    const body = cipher.update(packet.subarray(4))
    cipher.final()
    const pieces = [Buffer.from(length), body, cipher.getAuthTag()]
    if (body.length >= smallPacket) markUsedOnce(body)
    for (const piece of body.length < smallPacket ? [Buffer.concat(pieces)] : pieces) this.#onWrite(piece)
    this.#countUp()
  }

  #memory(size: number): Buffer {
    if (size < smallPacket || size > scratchSize) return Buffer.allocUnsafe(size)
    this.#scratch ??= Buffer.allocUnsafeSlow(scratchSize)
    return this.#scratch.subarray(0, size)
  }

  /** The last eight bytes of the IV are the number of the packet. */
  #countUp(): void {
    this.outSeqno = (this.outSeqno + 1) >>> 0
    for (let i = 11; i >= 4; i -= 1) {
      const next = ((this.#iv[i] ?? 0) + 1) & 255
      this.#iv[i] = next
      if (next !== 0) return
    }
  }
}
