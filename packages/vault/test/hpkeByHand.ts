import { createDecipheriv, createHmac, createPrivateKey, createPublicKey, diffieHellman } from 'node:crypto'

export interface Message {
  readonly aead: 'aes-128-gcm' | 'aes-256-gcm'
  readonly privateKey: Buffer
  readonly publicKey: Buffer
  readonly encapsulatedKey: Buffer
  readonly info: Buffer
  readonly aad: Buffer
  readonly ciphertext: Buffer
}

const AEADS = { 'aes-128-gcm': { id: 1, keyBytes: 16 }, 'aes-256-gcm': { id: 2, keyBytes: 32 } } as const
const KEM_SUITE = Buffer.concat([Buffer.from('KEM'), twoBytes(0x20)])
const EMPTY = Buffer.alloc(0)

/** RFC 9180 base mode with X25519 and HKDF-SHA256, read from the RFC's text on Node's own primitives. */
export function openByHand(message: Message): string {
  const { id, keyBytes } = AEADS[message.aead]
  const suite = Buffer.concat([Buffer.from('HPKE'), twoBytes(0x20), twoBytes(1), twoBytes(id)])
  const shared = decapsulate(message)
  const context = Buffer.concat([
    Buffer.from([0]),
    extract(suite, EMPTY, 'psk_id_hash', EMPTY),
    extract(suite, EMPTY, 'info_hash', message.info),
  ])
  const secret = extract(suite, shared, 'secret', EMPTY)
  const key = expand(suite, secret, 'key', context, keyBytes)
  const nonce = expand(suite, secret, 'base_nonce', context, 12)
  const decipher = createDecipheriv(message.aead, key, nonce)
  decipher.setAAD(message.aad)
  decipher.setAuthTag(message.ciphertext.subarray(-16))
  return decipher.update(message.ciphertext.subarray(0, -16), undefined, 'utf8') + decipher.final('utf8')
}

function decapsulate({ privateKey, publicKey, encapsulatedKey }: Message): Buffer {
  const jwk = { kty: 'OKP', crv: 'X25519' }
  const mine = { ...jwk, d: privateKey.toString('base64url'), x: publicKey.toString('base64url') }
  const theirs = { ...jwk, x: encapsulatedKey.toString('base64url') }
  const dh = diffieHellman({
    privateKey: createPrivateKey({ key: mine, format: 'jwk' }),
    publicKey: createPublicKey({ key: theirs, format: 'jwk' }),
  })
  const eae = extract(KEM_SUITE, EMPTY, 'eae_prk', dh)
  return expand(KEM_SUITE, eae, 'shared_secret', Buffer.concat([encapsulatedKey, publicKey]), 32)
}

function extract(suite: Buffer, salt: Buffer, label: string, material: Buffer): Buffer {
  return createHmac('sha256', salt).update('HPKE-v1').update(suite).update(label).update(material).digest()
}

function expand(suite: Buffer, key: Buffer, label: string, info: Buffer, bytes: number): Buffer {
  const first = createHmac('sha256', key).update(twoBytes(bytes)).update('HPKE-v1').update(suite).update(label)
  return first
    .update(info)
    .update(Buffer.from([1]))
    .digest()
    .subarray(0, bytes)
}

function twoBytes(value: number): Buffer {
  const buffer = Buffer.alloc(2)
  buffer.writeUInt16BE(value)
  return buffer
}
