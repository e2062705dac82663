import type { IncomingHttpHeaders } from 'node:http'
import type { Readable } from 'node:stream'
import type { GitRequest } from './gitRequest.ts'

/** A request as it goes on to whoever holds the repository. */
export interface GitAsk {
  readonly request: GitRequest
  readonly headers: IncomingHttpHeaders
  /** Null for an advertisement. Streams; `contentLength` is null when it is not known. */
  readonly body: AsyncIterable<Buffer> | null
  readonly contentLength: string | null
  readonly signal: AbortSignal
}

/** The answer, its body not yet read. Whoever takes it reads the body or destroys it. */
export interface GitAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Readable
}

/** Lets go of an answer that nobody will read. A stream that is left in its middle says so as an error: nobody's. */
export function discard({ body }: Pick<GitAnswer, 'body'>): void {
  body.on('error', () => undefined)
  body.destroy()
}

/** Request headers that mean something to git's servers. The rest stays here, whatever an agent put into it. */
const SENT_ON = [
  'accept',
  'accept-encoding',
  'accept-language',
  'content-type',
  'content-encoding',
  'git-protocol',
  'pragma',
  'user-agent',
] as const
const SENT_BACK = [
  'content-type',
  'content-length',
  'content-encoding',
  'cache-control',
  'expires',
  'pragma',
  'location',
  'retry-after',
] as const

export function sentOn(headers: IncomingHttpHeaders): Record<string, string> {
  return pick(headers, SENT_ON)
}

/** `www-authenticate` is not among them: git would ask a person for a password that the gateway is there to add. */
export function sentBack(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  return pick(headers, SENT_BACK)
}

function pick(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  names: readonly string[],
): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = headers[name]
      return typeof value === 'string' ? [[name, value]] : []
    }),
  )
}
