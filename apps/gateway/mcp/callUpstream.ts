import { Fault, type RemoteServerSpec, toFault } from '@errand/contracts'
import { formatAuthority, parseAuthority, type Target } from '@errand/domain'
import type { GatewayDeps } from '../deps.ts'
import { type ArrivingAnswer, dispatch } from '../outbound/arriving.ts'
import { type Outbound, outboundFault } from '../outbound/outbound.ts'

export interface UpstreamCall {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer | string | null
  readonly signal: AbortSignal
}

interface Place {
  readonly url: URL
  readonly origin: string
  readonly path: string
  readonly target: Target | null
  readonly opened: string | null
  /** Whose rules let its spelling through. */
  checkedBy: Outbound | null
}

/** A server's frozen specification is there once for many calls. */
const places = new WeakMap<RemoteServerSpec, Place>()

function placeOf(spec: RemoteServerSpec): Place {
  const known = places.get(spec)
  if (known !== undefined) return known
  const url = new URL(spec.url)
  const target = parseAuthority(url.host, url.protocol === 'http:' ? 80 : 443)
  const opened = spec.private && target !== null ? formatAuthority(target) : null
  const path = `${url.pathname}${url.search}`
  const place = { url, origin: url.origin, path, target, opened, checkedBy: null }
  places.set(spec, place)
  return place
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
  const { url, opened, origin, path, target } = place
  if (target === null) throw new Fault('mcp.unreachable', `${url.host} is no address.`)
  if (place.checkedBy !== deps.outbound) deps.outbound.check(opened, url)
  place.checkedBy = deps.outbound
  try {
    return await dispatch(deps.outbound.dispatcher(opened), { origin, path, method, headers, body }, signal)
  } catch (error) {
    if (signal.aborted) throw toFault(signal.reason instanceof Fault ? signal.reason : error)
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
