import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core'

/** HPKE base mode (RFC 9180): DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM. */
export function hpkeSuite(): CipherSuite {
  return new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() })
}

/** HPKE's `info`: a value sealed for another purpose with the same key does not open here. */
export const SEAL_INFO = bytesOf('errand vault v1')

const FORM = /^v1\.([0-9a-f]{16})\.([\w-]{43})\.([\w-]{22,})$/

/** `v1.<key id>.<encapsulated key>.<ciphertext>`, the last two in base64url. */
export interface SealedParts {
  readonly keyId: string
  readonly encapsulatedKey: Uint8Array<ArrayBuffer>
  readonly ciphertext: Uint8Array<ArrayBuffer>
}

export function joinSealed({ keyId, encapsulatedKey, ciphertext }: SealedParts): string {
  return ['v1', keyId, toBase64Url(encapsulatedKey), toBase64Url(ciphertext)].join('.')
}

export function splitSealed(sealed: string): SealedParts | undefined {
  const [, keyId, encapsulatedKey, ciphertext] = FORM.exec(sealed) ?? []
  if (keyId === undefined || encapsulatedKey === undefined || ciphertext === undefined) return undefined
  return { keyId, encapsulatedKey: fromBase64Url(encapsulatedKey), ciphertext: fromBase64Url(ciphertext) }
}

/** Names the key that a value was sealed for, without opening it; undefined for what is not a sealed value. */
export function sealedKeyId(sealed: string): string | undefined {
  return splitSealed(sealed)?.keyId
}

/** By hand: `Buffer` is not in a browser, and `Uint8Array.toBase64` is not in every one yet. */
export function toBase64Url(bytes: Uint8Array | ArrayBuffer): string {
  const binary = Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join('')
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

export function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (one) => one.charCodeAt(0))
}

export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text)
}
