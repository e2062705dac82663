import type { Readable } from 'node:stream'
import { createSecureContext } from 'node:tls'
import { Pool, type Dispatcher } from 'undici'
import type { Status } from '../objects.ts'
import { KubeError } from './kubeError.ts'
import { parseObject } from './parseObject.ts'
import type { KubeSource } from './source.ts'
import { type KubeDeps, type Verb, VERBS } from './types.ts'

export interface Call {
  readonly verb: Verb
  /** Below the server's own path. */
  readonly path: string
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>
  readonly body?: object
  readonly contentType?: string
  readonly signal?: AbortSignal | undefined
  /** How long nothing may come of an answer that has begun. */
  readonly silenceMs?: number
}

type Answer = Dispatcher.ResponseData

const METHODS: Readonly<Record<Verb, Dispatcher.HttpMethod>> = {
  get: 'GET',
  list: 'GET',
  watch: 'GET',
  logs: 'GET',
  create: 'POST',
  apply: 'PATCH',
  patch: 'PATCH',
  delete: 'DELETE',
}
const TRIES = 5
const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 10_000
const SILENCE_MS = 10_000
/** The connection never was, so the request never arrived. */
const NOT_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT'])

/** Requests over one pool of connections: counted, repeated where that is harmless, refused as `KubeError`. */
export class Requester {
  readonly #source: KubeSource
  readonly #deps: KubeDeps
  readonly #pool: Pool
  readonly #base: string
  readonly #closing = new AbortController()
  readonly #counts = Object.fromEntries(VERBS.map((verb) => [verb, 0])) as Record<Verb, number>

  constructor(source: KubeSource, deps: KubeDeps) {
    const { origin, pathname } = new URL(source.server)
    const { key, servername, ...pems } = source.tls
    this.#source = source
    this.#deps = deps
    this.#base = pathname.replace(/\/$/, '')
    this.#pool = new Pool(origin, {
      // Watches each hold a connection of their own: one that hangs holds up no other request.
      allowH2: false,
      connect: {
        // Read once: for each connection anew it costs more than all else of a request.
        secureContext: createSecureContext({ ...pems, ...(key === undefined ? {} : { key: key.reveal() }) }),
        ...(servername === undefined ? {} : { servername }),
        timeout: 5_000,
      },
      headersTimeout: SILENCE_MS,
      keepAliveTimeout: 30_000,
    })
  }

  /** Aborted when it is closed. */
  get closed(): AbortSignal {
    return this.#closing.signal
  }

  counts(): Readonly<Record<Verb, number>> {
    return { ...this.#counts }
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error('the client is closed'))
    await this.#pool.destroy()
  }

  async json<T>(call: Call): Promise<T> {
    return this.#repeated(call, async (answer) => parseObject(await answer.body.text()) as T)
  }

  async text(call: Call): Promise<string> {
    return this.#repeated(call, (answer) => answer.body.text())
  }

  /** Once, and the answer as it comes. */
  async stream(call: Call): Promise<Readable> {
    return this.#once(call, async (answer) => answer.body)
  }

  async #repeated<T>(call: Call, read: (answer: Answer) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#once(call, read)
      } catch (error) {
        if (!(error instanceof KubeError) || attempt === TRIES || !mayRepeat(call, error)) throw error
        const pause = Math.max(error.retryAfterMs, FIRST_PAUSE_MS * 3 ** (attempt - 1) * (0.5 + this.#deps.random()))
        const signal = call.signal ?? this.closed
        // Closed meanwhile: then what it failed of stands.
        await this.#deps.delay(Math.min(pause, LONGEST_PAUSE_MS), { signal }).catch(() => Promise.reject(error))
      }
    }
  }

  async #once<T>(call: Call, read: (answer: Answer) => Promise<T>): Promise<T> {
    const { verb, path, body, silenceMs = SILENCE_MS } = call
    const what = `${verb} ${path}`
    try {
      const token = await this.#source.token()
      this.#counts[verb]++
      const answer = await this.#pool.request({
        method: METHODS[verb],
        path: `${this.#base}${path}${queryText(call.query)}`,
        headers: {
          accept: 'application/json',
          ...(body === undefined ? {} : { 'content-type': call.contentType ?? 'application/json' }),
          ...(token === null ? {} : { authorization: `Bearer ${token.reveal()}` }),
        },
        body: body === undefined ? null : JSON.stringify(body),
        // Else undici gives up the connection of each DELETE that has a body, and the next request begins with a handshake.
        reset: false,
        bodyTimeout: silenceMs,
        signal: call.signal ?? this.closed,
      })
      this.#passOnWarnings(what, answer)
      if (answer.statusCode >= 300) throw await refusal(what, answer)
      return await read(answer)
    } catch (error) {
      throw error instanceof KubeError ? error : unreachable(what, error)
    }
  }

  /** What the API accepts and would rather not: an old version, a pod that a stricter cluster would refuse. */
  #passOnWarnings(what: string, { headers }: Answer): void {
    if (headers['warning'] === undefined) return
    this.#deps.log.warn({ op: 'kube.request', what, warning: headers['warning'] }, 'the Kubernetes API warns')
  }
}

function mayRepeat({ verb }: Call, { status, cause }: KubeError): boolean {
  // Turned away before anything was done.
  if (status === 429) return true
  if (status === 0 && NOT_SENT.has(codeOf(cause))) return true
  return verb !== 'create' && (status === 0 || status >= 500)
}

async function refusal(what: string, { statusCode, headers, body }: Answer): Promise<KubeError> {
  const { reason, message } = statusOf(await body.text())
  const seconds = Number(headers['retry-after'])
  return new KubeError(what, {
    status: statusCode,
    reason: reason ?? `Http${statusCode}`,
    message: message ?? `HTTP ${statusCode}`,
    retryAfterMs: Number.isFinite(seconds) ? seconds * 1000 : 0,
  })
}

/** A proxy between the API and us answers in its own words. */
function statusOf(text: string): Status {
  try {
    return JSON.parse(text) as Status
  } catch {
    return { message: text.trim().slice(0, 200) }
  }
}

function unreachable(what: string, cause: unknown): KubeError {
  const message = cause instanceof Error && cause.message !== '' ? cause.message : codeOf(cause)
  return new KubeError(what, { status: 0, reason: 'Unreachable', message, cause })
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

function queryText(query: Call['query'] = {}): string {
  const given = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) if (value !== undefined) given.set(name, String(value))
  return given.size === 0 ? '' : `?${given.toString()}`
}
