import { Fault } from '@errand/contracts'
import * as z from 'zod'
import type { ForgeAnswer, ForgeClient } from './forgeClient.ts'

/** The host said when it will answer again. */
export class RateLimited extends Fault {
  readonly again: Date

  constructor(host: string, again: Date) {
    super(
      'pull.rate-limited',
      `${host} takes requests again at ${again.toISOString().slice(0, 16).replace('T', ' ')} UTC.`,
    )
    this.again = again
  }
}

/** What a person has to know when the API of a host says no. */
export function forgeFault(answer: ForgeAnswer, client: ForgeClient, now: Date): Fault {
  const { status } = answer
  const { host, credential } = client
  const again = limitedUntil(answer, now)
  if (again !== null) return new RateLimited(host, again)
  const words = hostWords(answer.json)
  const quoted = words === '' ? '' : ` It says: “${words}”`
  switch (status) {
    case 401:
      return new Fault('repository.credential-refused', `${host} refused the credential “${credential.name}”.${quoted}`)
    case 403:
      return new Fault(
        'pull.no-permission',
        `${host} does not let the credential “${credential.name}” do this.${quoted}`,
      )
    case 404:
      return new Fault(
        'repository.not-found',
        `The API of ${host} shows no such repository to the credential “${credential.name}”.${quoted}`,
      )
    default:
      return new Fault('pull.rejected', `${host} answered ${status}.${quoted}`)
  }
}

const DEFAULT_WAIT_S = 60
const LONGEST_WAIT_S = 24 * 3600

/** GitHub says 403 or 429, GitLab and Gitea 429; each in headers of its own. */
function limitedUntil({ status, headers, json }: ForgeAnswer, now: Date): Date | null {
  const number = (name: string) => {
    const value = headers[name]
    return typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : null
  }
  const after = number('retry-after')
  const isSpent = number('x-ratelimit-remaining') === 0 || /rate limit/i.test(hostWords(json))
  if (status !== 429 && !(status === 403 && (after !== null || isSpent))) return null
  const reset = number('x-ratelimit-reset') ?? number('ratelimit-reset')
  const untilReset = reset === null ? null : Math.ceil(reset - now.getTime() / 1000)
  const wait = Math.min(LONGEST_WAIT_S, Math.max(1, after ?? untilReset ?? DEFAULT_WAIT_S))
  return new Date(now.getTime() + wait * 1000)
}

const text = z.union([z.string(), z.array(z.string()).transform((all) => all.join('; '))])
const wordsSchema = z.looseObject({
  /** GitLab gives a list, or an object of lists by field. */
  message: z.union([text, z.record(z.string(), text)]).optional(),
  error: z.string().optional(),
  error_description: z.string().optional(),
  errors: z.array(z.union([z.string(), z.looseObject({ message: z.string().optional() })])).optional(),
})

const MAX_WORDS = 400

/** What the host wrote for people, in one line. */
export function hostWords(json: unknown): string {
  const parsed = wordsSchema.safeParse(json)
  if (!parsed.success) return ''
  const { message, error, error_description: description, errors = [] } = parsed.data
  const byField = typeof message === 'object' ? Object.entries(message).map(([field, said]) => `${field} ${said}`) : []
  const said = [
    ...(typeof message === 'string' ? [message] : byField),
    ...(error === undefined ? [] : [error]),
    ...(description === undefined ? [] : [description]),
    ...errors.flatMap((one) => (typeof one === 'string' ? one : (one.message ?? []))),
  ]
  return [...new Set(said)]
    .join('; ')
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .slice(0, MAX_WORDS)
    .toWellFormed()
}
