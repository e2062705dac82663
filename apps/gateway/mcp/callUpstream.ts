import { Fault, type RemoteServerSpec, toFault } from '@errand/contracts'
import { formatAuthority, parseAuthority, type Target } from '@errand/domain'
import type { GatewayDeps } from '../deps.ts'
import { BadAnswer } from '../http1/answerReader.ts'
import type { ArrivingAnswer } from '../http1/arriving.ts'
import type { SentRequest } from '../http1/connection.ts'
import type { ConnectionPool } from '../http1/connectionPool.ts'
import { type Outbound, outboundFault } from '../outbound/outbound.ts'

export interface UpstreamCall extends Omit<SentRequest, 'path'> {
  readonly signal: AbortSignal
}

interface Place {
  readonly url: URL
  readonly path: string
  readonly target: Target | null
  readonly opened: string | null
  /** Of the way out whose rules let its spelling through. */
  way: { readonly outbound: Outbound; readonly pool: ConnectionPool } | null
}

/** A server's frozen specification is there once for many calls. */
const places = new WeakMap<RemoteServerSpec, Place>()

function placeOf(spec: RemoteServerSpec): Place {
  const known = places.get(spec)
  if (known !== undefined) return known
  const url = new URL(spec.url)
  const target = parseAuthority(url.host, url.protocol === 'http:' ? 80 : 443)
  const opened = spec.private && target !== null ? formatAuthority(target) : null
  const place = { url, path: `${url.pathname}${url.search}`, target, opened, way: null }
  places.set(spec, place)
  return place
}

function poolOf(place: Place, outbound: Outbound): ConnectionPool {
  if (place.way?.outbound === outbound) return place.way.pool
  const pool = outbound.pool(place.opened, place.url)
  place.way = { outbound, pool }
  return pool
}

/** `host:port` of a server that its owner marked as private; null for one of the public web. */
export function openedOf(spec: RemoteServerSpec): string | null {
  return placeOf(spec).opened
}

/** One request to a server, as far as the head of its answer. Faults `mcp.unreachable`, `outbound.…`, `mcp.timeout`. */
export async function callUpstream(
  spec: RemoteServerSpec,
  { method, headers, body, signal }: UpstreamCall,
  deps: Pick<GatewayDeps, 'outbound'>,
): Promise<ArrivingAnswer> {
  const place = placeOf(spec)
  const { url, path, target } = place
  if (target === null) throw new Fault('mcp.unreachable', `${url.host} is no address.`)
  const pool = poolOf(place, deps.outbound)
  try {
    return await pool.send({ path, method, headers, body }, signal)
  } catch (error) {
    if (signal.aborted) throw toFault(signal.reason instanceof Fault ? signal.reason : error)
    if (error instanceof BadAnswer) throw new Fault('mcp.cut-off', `${url.host}: ${error.message}.`, { cause: error })
    if (isBroken(error)) throw new Fault('mcp.cut-off', `${url.host}.`, { cause: error })
    const fault = outboundFault(target, error)
    throw fault.code === 'egress.unreachable' ? new Fault('mcp.unreachable', fault.detail, { cause: error }) : fault
  }
}

/** After the connection stood: what was sent may have been read. */
export function isBroken(error: unknown): boolean {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined
  return code === 'UND_ERR_SOCKET' || code === 'ECONNRESET' || code === 'EPIPE'
}
