import { Fault, type RemoteServerSpec, toFault } from '@errand/contracts'
import { formatAuthority, parseAuthority } from '@errand/domain'
import type { Dispatcher } from 'undici'
import type { GatewayDeps } from '../deps.ts'
import { outboundFault } from '../outbound/outbound.ts'

export interface UpstreamCall {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer | string | null
  readonly signal: AbortSignal
}

/** `host:port` of a server that its owner marked as private; null for one of the public web. */
export function openedOf({ url, private: isPrivate }: RemoteServerSpec): string | null {
  const { host, protocol } = new URL(url)
  const target = parseAuthority(host, protocol === 'http:' ? 80 : 443)
  return isPrivate && target !== null ? formatAuthority(target) : null
}

/** One request to a server, as far as the head of its answer. Faults `mcp.unreachable`, `outbound.…`, `mcp.timeout`. */
export async function callUpstream(
  spec: RemoteServerSpec,
  { method, headers, body, signal }: UpstreamCall,
  deps: Pick<GatewayDeps, 'outbound'>,
): Promise<Dispatcher.ResponseData> {
  const url = new URL(spec.url)
  const opened = openedOf(spec)
  const target = parseAuthority(url.host, url.protocol === 'http:' ? 80 : 443)
  if (target === null) throw new Fault('mcp.unreachable', `${url.host} is no address.`)
  deps.outbound.check(opened, url)
  try {
    return await deps.outbound.dispatcher(opened).request({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method,
      headers,
      body,
      signal,
    })
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
