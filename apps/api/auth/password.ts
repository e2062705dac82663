import { Fault } from '@errand/contracts'
import type { Caller, InnerAuth } from './innerAuth.ts'

const CREDENTIAL = 'credential'
const MIN_LENGTH = 10
const MAX_LENGTH = 200

/** Fault `input.invalid`. Length is the whole rule: what people are made to add, they add at the end. */
export function requireGoodPassword(password: string): void {
  if (password.length < MIN_LENGTH || password.length > MAX_LENGTH)
    throw new Fault('input.invalid', `The password needs ${MIN_LENGTH} to ${MAX_LENGTH} characters.`)
}

/** Sets the person's password, whatever it was before. */
export async function setPassword(
  inner: InnerAuth,
  caller: Caller,
  { userId, password }: { userId: string; password: string },
): Promise<void> {
  const { internalAdapter, password: hasher } = await (await inner.of(caller)).$context
  const hash = await hasher.hash(password)
  const accounts = await internalAdapter.findAccounts(userId)
  if (accounts.some(({ providerId }) => providerId === CREDENTIAL)) await internalAdapter.updatePassword(userId, hash)
  else await internalAdapter.linkAccount({ userId, providerId: CREDENTIAL, accountId: userId, password: hash })
}

/** False also when the person has none. */
export async function isPassword(
  inner: InnerAuth,
  caller: Caller,
  { userId, password }: { userId: string; password: string },
): Promise<boolean> {
  const { internalAdapter, password: hasher } = await (await inner.of(caller)).$context
  const accounts = await internalAdapter.findAccounts(userId)
  const hash = accounts.find(({ providerId }) => providerId === CREDENTIAL)?.password
  if (typeof hash !== 'string' || password.length > MAX_LENGTH) return false
  return hasher.verify({ hash, password })
}

/** Under this name better-auth knows the person; see `ensureSignInUser`. */
export function signInName(userId: string): string {
  return `${userId}@errand.invalid`
}
