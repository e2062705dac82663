import { Fault } from '@errand/contracts'
import { formatAuthority, parseAuthority, type Target } from '@errand/domain'
import { Agent, type Dispatcher } from 'undici'
import { type ConnectDeps, unreachable } from '../egress/connect.ts'
import { type ConnectionPool, connectionPool } from '../http1/connectionPool.ts'
import { guardedConnector, openGuarded } from './guardedConnector.ts'

export interface OutboundLimits {
  readonly timeoutMs: number
  readonly maxBytes: number
}

/** A `fetch` for what a server of the outside may have named: see `createOutbound`. */
export type OutboundFetch = (url: string | URL, init?: RequestInit) => Promise<Response>

/** `host:port` of the one place that may be private and spoken to over plain http; null for the public web alone. */
export type Opened = string | null

export interface Outbound {
  /** For streams: no limit on time or size, which the hop sets itself. Check the address with `check` first. */
  dispatcher(opened: Opened): Dispatcher
  /** The same where each microsecond counts: connections to the origin of this address, which is checked. Faults as `check`. */
  pool(opened: Opened, url: URL): ConnectionPool
  fetch(opened: Opened, limits?: Partial<OutboundLimits>): OutboundFetch
  /** Whether an address may be used at all, by its spelling alone: https, or the opened place. Fault `outbound.plain-http`. */
  check(opened: Opened, url: URL): void
  close(): Promise<void>
}

export interface OutboundParts {
  readonly network: ConnectDeps
  /** Tests alone: every address of this machine is as open as one that an owner has opened. */
  readonly isLoopbackOpen?: boolean
  readonly tls?: { readonly ca?: string }
}

const LIMITS: OutboundLimits = { timeoutMs: 20_000, maxBytes: 1024 * 1024 }
const MAX_REDIRECTS = 3
const NO_BODY = [101, 204, 205, 304]

/**
 * The way to servers whose addresses came from outside: an owner typed one, and what answers there names others. Every
 * name is judged by what it resolves to, and what was judged is what is dialled. Plain http, redirects to another
 * origin and endless answers are refused.
 */
export function createOutbound({ network, isLoopbackOpen = false, tls = {} }: OutboundParts): Outbound {
  const agents = new Map<Opened, Agent>()
  const pools = new Map<string, ConnectionPool>()
  const openedFor = (opened: Opened) => (target: Target) =>
    isLoopbackOpen && isLoopback(target) ? [formatAuthority(target)] : opened === null ? [] : [opened]
  const dispatcher = (opened: Opened) => {
    const known = agents.get(opened)
    if (known !== undefined) return known
    const agent = new Agent({
      connect: guardedConnector(network, { openedFor: openedFor(opened), tls }),
      headersTimeout: 0,
      bodyTimeout: 0,
    })
    agents.set(opened, agent)
    return agent
  }
  return {
    dispatcher,
    pool(opened, url) {
      const reach = { openedFor: openedFor(opened), tls }
      const target = outboundTarget(url, reach.openedFor)
      const name = `${opened} ${url.origin}`
      const known = pools.get(name)
      if (known !== undefined) return known
      const isSecure = url.protocol === 'https:'
      const pool = connectionPool({ host: url.host, open: () => openGuarded({ target, isSecure }, network, reach) })
      pools.set(name, pool)
      return pool
    },
    fetch(opened, limits) {
      const { timeoutMs, maxBytes } = { ...LIMITS, ...limits }
      return async (url, init = {}) => {
        const late = AbortSignal.timeout(timeoutMs)
        const signal = init.signal === undefined || init.signal === null ? late : AbortSignal.any([late, init.signal])
        const ask = { init, signal, maxBytes, dispatcher: dispatcher(opened), openedFor: openedFor(opened) }
        return send(new URL(url), ask, MAX_REDIRECTS)
      }
    },
    check: (opened, url) => void outboundTarget(url, openedFor(opened)),
    async close() {
      for (const pool of pools.values()) pool.close()
      await Promise.all([...agents.values()].map((agent) => agent.destroy()))
    },
  }
}

/** Where a URL leads, if it may be asked at all. Faults `outbound.plain-http`, `egress.unreachable`. */
export function outboundTarget(url: URL, openedFor: (target: Target) => readonly string[]): Target {
  const target = parseAuthority(url.host, url.protocol === 'http:' ? 80 : 443)
  if (target === null || url.username !== '' || url.password !== '' || !/^https?:$/.test(url.protocol))
    throw new Fault('egress.unreachable', `${url.protocol}//${url.host} is not an address for the gateway.`)
  if (url.protocol === 'http:' && !openedFor(target).includes(formatAuthority(target)))
    throw new Fault('outbound.plain-http', `${url.origin}.`)
  return target
}

interface Ask {
  readonly init: RequestInit
  readonly signal: AbortSignal
  readonly maxBytes: number
  readonly dispatcher: Dispatcher
  readonly openedFor: (target: Target) => readonly string[]
}

async function send(url: URL, ask: Ask, left: number): Promise<Response> {
  const { init, signal, dispatcher, maxBytes, openedFor } = ask
  const target = outboundTarget(url, openedFor)
  const method = (init.method ?? 'GET').toUpperCase()
  try {
    const answer = await dispatcher.request({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method,
      headers: { 'user-agent': 'errand', ...sentHeaders(init) },
      body: bodyText(init.body),
      signal,
    })
    const { location } = answer.headers
    if (answer.statusCode >= 300 && answer.statusCode < 400 && answer.statusCode !== 304) {
      await answer.body.dump()
      return await send(nextPlace(url, { method, location, left }), ask, left - 1)
    }
    const bytes = await readLimited(answer.body, { maxBytes, from: url.origin })
    return new Response(NO_BODY.includes(answer.statusCode) ? null : bytes, {
      status: answer.statusCode,
      headers: receivedHeaders(answer.headers),
    })
  } catch (error) {
    throw outboundFault(target, error)
  }
}

/** Only what changes nothing is asked again elsewhere, and only of the same origin: a body may hold a token. */
function nextPlace(
  from: URL,
  { method, location, left }: { method: string; location: string | string[] | undefined; left: number },
): URL {
  const to = typeof location === 'string' && URL.canParse(location, from.href) ? new URL(location, from.href) : null
  const isSame = to !== null && to.origin === from.origin && (method === 'GET' || method === 'HEAD')
  if (!isSame) throw new Fault('outbound.redirected', `From ${from.origin} to ${to?.origin ?? 'nowhere'}.`)
  if (left === 0) throw new Fault('outbound.redirected', `${from.origin} sends on for ever.`)
  return to
}

async function readLimited(
  body: Dispatcher.ResponseData['body'],
  { maxBytes, from }: { maxBytes: number; from: string },
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > maxBytes) {
      body.on('error', () => undefined)
      body.destroy()
      throw new Fault('outbound.too-large', `${from}: more than ${maxBytes} bytes.`)
    }
    chunks.push(chunk)
  }
  return new Uint8Array(Buffer.concat(chunks))
}

/** A failure in words; a private address in those of a server, not of a sandbox. */
export function outboundFault(target: Target, error: unknown): Fault {
  const isLate = error instanceof Error && error.name === 'TimeoutError'
  const fault = unreachable(target, isLate ? Object.assign(new Error('late'), { code: 'ETIMEDOUT' }) : error)
  return fault.code === 'egress.address-private' ? new Fault('outbound.address-private', fault.detail) : fault
}

function sentHeaders({ headers }: RequestInit): Record<string, string> {
  return Object.fromEntries(new Headers(headers).entries())
}

function bodyText(body: RequestInit['body']): string | null {
  if (body === undefined || body === null) return null
  if (typeof body === 'string') return body
  if (body instanceof URLSearchParams) return body.toString()
  throw new Error('only text is sent this way')
}

function receivedHeaders(headers: Dispatcher.ResponseData['headers']): Headers {
  const received = new Headers()
  for (const [name, value] of Object.entries(headers)) {
    for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined) received.append(name, one)
  }
  return received
}

function isLoopback({ host }: Target): boolean {
  return host === 'localhost' || host === '127.0.0.1' || host === '::1'
}
