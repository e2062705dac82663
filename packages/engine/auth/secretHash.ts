import { createHash } from 'node:crypto'

/** SHA-256, hex. Enough for what holds 128 random bits or more: there is nothing to guess. */
export function secretHash(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}
