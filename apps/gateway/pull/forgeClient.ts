import { Fault } from '@errand/contracts'
import { formatAuthority, parseAuthority, type RepositoryAddress, type Target } from '@errand/domain'
import { unreachable } from '../egress/connect.ts'
import type { GitCredential, RemoteDispatchers } from '../git/askRemote.ts'
import { parseJson } from '../parseJson.ts'

export interface ForgeAsk {
  readonly method?: 'GET' | 'POST'
  /** Below the API's base, with its leading slash. */
  readonly path: string
  readonly query?: Readonly<Record<string, string | number>>
  readonly body?: unknown
}

export interface ForgeAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** Null when it was not JSON. */
  readonly json: unknown
}

/** Speaks to the API of one host with one credential. */
export interface ForgeClient {
  /** Of the API: what a relative link starts from. */
  readonly origin: string
  /** The host as people name it. */
  readonly host: string
  readonly credential: Pick<GitCredential, 'name'>
  /** Any status is an answer. Faults: `egress.…`, `repository.plain-http`, `pull.rejected` (an endless answer). */
  ask(ask: ForgeAsk): Promise<ForgeAnswer>
}

interface ClientOptions {
  /** Of the repository: the API is on the same host, or is `apiOrigin`. */
  readonly address: RepositoryAddress & { readonly kind: 'remote' }
  readonly credential: GitCredential
  readonly dispatchers: RemoteDispatchers
  /** Where the public host keeps its API, if not beside its repositories. */
  readonly apiOrigin?: string
  readonly base: string
  readonly headers: Readonly<Record<string, string>>
}

const PATIENCE_MS = 30_000
const MAX_ANSWER_BYTES = 8 * 1024 * 1024
const MAX_REDIRECTS = 3

export function forgeClient({
  address,
  credential,
  dispatchers,
  apiOrigin,
  base,
  headers,
}: ClientOptions): ForgeClient {
  const isOpened = credential.isPrivate && apiOrigin === undefined
  const origin = apiOrigin ?? `${address.scheme}://${formatAuthority(address.target)}`
  const host = formatAuthority(address.target).replace(/:443$/, '')
  const sent = { accept: 'application/json', 'user-agent': 'errand', ...headers }
  const target = targetOf(origin)

  const send = async (url: URL, { method = 'GET', body }: ForgeAsk, left: number): Promise<ForgeAnswer> => {
    const answer = await (isOpened ? dispatchers.opened : dispatchers.guarded).request({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method,
      headers: body === undefined ? sent : { ...sent, 'content-type': 'application/json' },
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE_MS),
    })
    const text = await readText(answer.body)
    const moved = movedTo(answer, url, method)
    // A renamed repository. Never to another host: the credential is this one's.
    if (moved !== null && moved.origin === url.origin && left > 0)
      return send(moved, { method, path: '', body }, left - 1)
    return { status: answer.statusCode, headers: answer.headers, json: parseJson(text) }
  }

  return {
    origin,
    host,
    credential,
    async ask(ask) {
      if (origin.startsWith('http:') && !isOpened) throw new Fault('repository.plain-http', `${host}.`)
      const url = new URL(`${origin}${base}${ask.path}`)
      for (const [name, value] of Object.entries(ask.query ?? {})) url.searchParams.set(name, String(value))
      try {
        return await send(url, ask, MAX_REDIRECTS)
      } catch (error) {
        const isLate = error instanceof Error && error.name === 'TimeoutError'
        throw unreachable(
          target,
          isLate ? Object.assign(new Error('late', { cause: error }), { code: 'ETIMEDOUT' }) : error,
        )
      }
    },
  }
}

const MAX_PAGES = 10
export const PAGE_SIZE = 100

/** The items of every page of a list, or the first answer that is not a 200. */
export async function allPages<T>(
  client: ForgeClient,
  { path, query = {}, sizeName }: Pick<ForgeAsk, 'path' | 'query'> & { readonly sizeName: 'per_page' | 'limit' },
  read: (json: unknown) => { readonly items: readonly T[]; readonly total?: number | undefined } | null,
): Promise<
  { readonly kind: 'items'; readonly items: readonly T[] } | { readonly kind: 'refused'; readonly answer: ForgeAnswer }
> {
  const items: T[] = []
  for (let page = 1; page <= MAX_PAGES; page++) {
    const answer = await client.ask({ path, query: { ...query, [sizeName]: PAGE_SIZE, page } })
    const found = answer.status === 200 ? read(answer.json) : null
    if (found === null) return { kind: 'refused', answer }
    items.push(...found.items)
    const isMore = /rel="next"/.test(String(answer.headers['link'] ?? '')) || items.length < (found.total ?? 0)
    if (!isMore || found.items.length === 0) break
  }
  return { kind: 'items', items }
}

function movedTo(
  { statusCode, headers }: { readonly statusCode: number; readonly headers: ForgeAnswer['headers'] },
  from: URL,
  method: string,
): URL | null {
  const isKept = statusCode === 307 || statusCode === 308
  const isMoved = isKept || (method === 'GET' && (statusCode === 301 || statusCode === 302))
  const { location } = headers
  return isMoved && typeof location === 'string' && URL.canParse(location, from.href)
    ? new URL(location, from.href)
    : null
}

async function readText(
  body: AsyncIterable<Buffer> & { destroy(): unknown; on(event: 'error', then: () => void): unknown },
) {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > MAX_ANSWER_BYTES) {
      body.on('error', () => undefined)
      body.destroy()
      throw new Fault('pull.rejected', 'The answer of its API was too long.')
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function targetOf(origin: string): Target {
  const { host, protocol } = new URL(origin)
  const target = parseAuthority(host, protocol === 'https:' ? 443 : 80)
  if (target === null) throw new Error(`not an origin: ${origin}`)
  return target
}
