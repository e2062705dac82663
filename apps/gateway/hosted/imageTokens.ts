import { Fault } from '@errand/contracts'
import * as z from 'zod'
import { parseJson } from '../parseJson.ts'
import type { ImageDeps, OpenedFor } from './images.ts'

/** What a registry wants to be shown: a token of a service, or name and password themselves. */
export type Challenge =
  | { readonly kind: 'bearer'; readonly realm: string; readonly service: string | null }
  | { readonly kind: 'basic' }

/** Null: none that anybody could answer. */
export function challengeOf(header: string | string[] | undefined): Challenge | null {
  const text = Array.isArray(header) ? header.join(', ') : (header ?? '')
  if (/^basic\b/i.test(text)) return { kind: 'basic' }
  if (!/^bearer\b/i.test(text)) return null
  const parameter = (name: string): string | null => new RegExp(`\\b${name}="([^"]*)"`, 'i').exec(text)?.[1] ?? null
  const realm = parameter('realm')
  return realm === null ? null : { kind: 'bearer', realm, service: parameter('service') }
}

interface Wanted {
  readonly challenge: Challenge
  /** `Basic …` of whoever has an account there; null: anonymous. */
  readonly login: string | null
  readonly repository: string
  readonly opened: OpenedFor
}

const WANTS_LOGIN = 'wants a sign-in: name a credential (basic) in `package.credential`.'
export const TAKES_NOT = 'does not take the name and the password of `package.credential`.'

const answerSchema = z.object({ token: z.string().optional(), access_token: z.string().optional() })

/** The value of `authorization` that the registry wants, for reading one repository. */
export async function tokenFor({ challenge, login, repository, opened }: Wanted, deps: ImageDeps): Promise<string> {
  if (challenge.kind === 'basic') {
    if (login === null) throw new Fault('mcp.install-failed', `Its registry ${WANTS_LOGIN}`)
    return login
  }
  const url = URL.parse(challenge.realm)
  if (url === null) throw new Fault('mcp.install-failed', 'Its registry names no address for tokens.')
  if (challenge.service !== null) url.searchParams.set('service', challenge.service)
  url.searchParams.set('scope', `repository:${repository}:pull`)
  const headers: Record<string, string> = login === null ? {} : { authorization: login }
  const answer = await deps.outbound.fetch(opened(url))(url, { headers })
  const { token, access_token: other } = answerSchema.safeParse(parseJson(await answer.text())).data ?? {}
  const found = token ?? other
  if (answer.status === 401 || answer.status === 403)
    throw new Fault('mcp.install-failed', `${url.host} ${login === null ? WANTS_LOGIN : TAKES_NOT}`)
  if (answer.status !== 200 || found === undefined)
    throw new Fault('mcp.install-failed', `${url.host} gave no token for ${repository}: it answered ${answer.status}.`)
  return `Bearer ${found}`
}
