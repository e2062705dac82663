import type { FaultWire } from '@errand/contracts'
import { faultOfWire } from '../../trpc/fault.ts'

/** A refusal of /auth; with `data.fault`, as tRPC's errors have it, so that `ErrorInPlace` shows both. */
class DoorError extends Error {
  readonly data: { readonly fault: FaultWire } | undefined

  constructor(fault: FaultWire | null) {
    super(fault?.words ?? 'No answer from the server.')
    this.name = 'DoorError'
    this.data = fault === null ? undefined : { fault }
  }
}

/** What needs this browser's cookies is not tRPC's: signing in and out, passkeys, the password. */
async function ask(path: string, body?: object): Promise<unknown> {
  const init =
    body === undefined
      ? {}
      : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
  const answer = await fetch(`/auth${path}`, init)
  const text = await answer.text()
  const json: unknown = text === '' ? null : parse(text)
  if (!answer.ok) throw new DoorError(faultOfWire(json))
  return json
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Not from our server: something between us answered.
    throw new DoorError(null)
  }
}

export interface DoorState {
  readonly isClaimed: boolean
  readonly hasPasskeys: boolean
  readonly hasPassword: boolean
}

export async function checkClaimLink(token: string): Promise<{ isClaimed: boolean }> {
  return (await ask('/claim/check', { token })) as { isClaimed: boolean }
}

export async function claimWithPassword(token: string, password: string): Promise<void> {
  await ask('/claim', { token, password })
}

export async function signInWithPassword(password: string): Promise<void> {
  await ask('/sign-in', { password })
}

export async function changePassword(current: string | null, next: string): Promise<void> {
  await ask('/password', { current, next })
}

export async function signOut(): Promise<void> {
  await ask('/sign-out', {})
  window.location.assign('/sign-in')
}

/** Asks this device for a passkey it has, and signs in with it. Rejects with null when the person closed the question. */
export async function signInWithPasskey(): Promise<void> {
  const { startAuthentication } = await import('@simplewebauthn/browser')
  const optionsJSON = (await ask('/passkey/options', {})) as Parameters<typeof startAuthentication>[0]['optionsJSON']
  const response = await startAuthentication({ optionsJSON })
  await ask('/passkey/sign-in', { response })
}

/** Makes a passkey on this device: with a claim link's token for a new owner, else for who is signed in. */
export async function addPasskey({ name, token }: { name: string; token?: string }): Promise<void> {
  const { startRegistration } = await import('@simplewebauthn/browser')
  const claim = token === undefined ? {} : { token }
  const optionsJSON = (await ask('/passkey/register-options', claim)) as Parameters<
    typeof startRegistration
  >[0]['optionsJSON']
  const response = await startRegistration({ optionsJSON })
  await ask('/passkey/register', { ...claim, name, response })
}

/** The person said no, or waited too long: nothing failed, so nothing is said but that. */
export function isGivenUp(error: unknown): boolean {
  return error instanceof Error && (error.name === 'NotAllowedError' || error.name === 'AbortError')
}

/**
 * Whether this page may ask for passkeys: they belong to a name, and need TLS unless that is this machine's own.
 */
export function canUsePasskeys(): 'yes' | 'no' | 'by-name' {
  if (!('PublicKeyCredential' in window)) return 'no'
  const { hostname } = window.location
  return /^[\d.]+$|^\[/.test(hostname) ? 'by-name' : 'yes'
}
