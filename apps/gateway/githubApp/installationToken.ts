import { createPrivateKey, type KeyObject, sign } from 'node:crypto'
import { type CredentialSpec, Fault } from '@errand/contracts'
import { Secret } from '@errand/observe'
import * as z from 'zod'
import { openedPlace } from '../oauth/readTarget.ts'
import type { Outbound } from '../outbound/outbound.ts'

export type GithubAppSpec = Extract<CredentialSpec, { type: 'github-app' }>

export interface InstallationToken {
  readonly token: Secret
  readonly obtainedAt: number
  readonly expiresAt: number
}

interface Asking {
  /** Of the credential, for words. */
  readonly name: string
  readonly spec: GithubAppSpec
  readonly key: Secret
}

const answerSchema = z.object({ token: z.string().min(1), expires_at: z.iso.datetime() })
const LIMITS = { timeoutMs: 20_000 }
/** GitHub takes none that lasts longer than ten minutes, and none from its future. */
const LASTS_S = 540
const CLOCKS_DIFFER_S = 60

/**
 * A token of the app’s installation, good for an hour. Faults `mcp.credential-refused` where GitHub says no, with its
 * words; `upstream.unreachable` where it says nothing.
 */
export async function installationToken(
  { name, spec, key }: Asking,
  { outbound, now }: { readonly outbound: Outbound; readonly now: () => Date },
): Promise<InstallationToken> {
  const obtainedAt = now().getTime()
  const jwt = appToken(spec.appId, keyOf(key, name), Math.floor(obtainedAt / 1000))
  const url = `${spec.apiUrl.replace(/\/+$/, '')}/app/installations/${spec.installationId}/access_tokens`
  const fetch = outbound.fetch(spec.private ? openedPlace(spec.apiUrl) : null, LIMITS)
  const answer = await fetch(url, {
    method: 'POST',
    headers: {
      accept: 'application/vnd.github+json',
      authorization: `Bearer ${jwt}`,
      'x-github-api-version': '2022-11-28',
    },
  })
  const body: unknown = await answer.json().catch(() => null)
  if (answer.status >= 500 || answer.status === 429)
    throw new Fault('upstream.unreachable', `GitHub answered ${answer.status} when a token was asked for ${name}.`)
  const given = answerSchema.safeParse(body)
  if (answer.status !== 201 || !given.success)
    throw new Fault('mcp.credential-refused', `GitHub answered ${answer.status} to ${name}: ${wordsIn(body)}`)
  return { token: new Secret(given.data.token), obtainedAt, expiresAt: Date.parse(given.data.expires_at) }
}

/** What the app shows to be itself. */
function appToken(issuer: string, key: KeyObject, nowS: number): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const said = `${part({ alg: 'RS256', typ: 'JWT' })}.${part({
    iat: nowS - CLOCKS_DIFFER_S,
    exp: nowS + LASTS_S,
    iss: issuer,
  })}`
  return `${said}.${sign('sha256', Buffer.from(said), key).toString('base64url')}`
}

/** It is kept on one line, as every secret. */
function keyOf(secret: Secret, name: string): KeyObject {
  const [, kind = '', body = ''] = /^-----BEGIN ([A-Z ]*)PRIVATE KEY-----([^-]+)-----END/.exec(secret.reveal()) ?? []
  const type = kind.startsWith('RSA') ? 'pkcs1' : 'pkcs8'
  try {
    return createPrivateKey({ key: Buffer.from(body, 'base64'), format: 'der', type })
  } catch {
    throw new Fault('mcp.credential-refused', `The value of ${name} is no private key in PEM, as GitHub gives it.`)
  }
}

function wordsIn(body: unknown): string {
  const message: unknown = Reflect.get(Object(body), 'message')
  return typeof message === 'string' ? message.slice(0, 300) : 'it says no more.'
}
