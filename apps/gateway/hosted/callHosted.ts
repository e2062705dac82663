import { BRIDGE_KEY_HEADER, BRIDGE_PATHS, Fault, type HostedServerSpec, type OrgId, toFault } from '@errand/contracts'
import { Client } from 'undici'
import type { GatewayDeps } from '../deps.ts'
import type { HostedEndpoint } from './endpoints.ts'
import { isBroken, type UpstreamCall } from '../mcp/callUpstream.ts'
import { bodyOf, type UpstreamAnswer } from '../mcp/upstreamAnswer.ts'

export interface HostedPlace {
  readonly orgId: OrgId
  readonly server: string
  readonly version: number
  readonly spec: HostedServerSpec
  /** For whom: in a server with a process for each session nobody meets what another has left there. */
  readonly principal: string
}

const TRIES = 3

/**
 * One request to a server that Errand hosts, as far as the head of its answer; one that sleeps is started for it. Faults
 * `mcp.install-failed`, `mcp.crashed`, `mcp.unreachable`, `mcp.cut-off`, `mcp.timeout`.
 */
export async function callHosted(
  { orgId, server, version, spec, principal }: HostedPlace,
  { method, headers, body, signal }: UpstreamCall,
  { hosted }: Pick<GatewayDeps, 'hosted'>,
): Promise<UpstreamAnswer> {
  const wanted = { orgId, server, version, recipe: spec }
  const sent = { ...headers, 'x-errand-principal': principal }
  for (let tries = 1; ; tries++) {
    const endpoint = await hosted.endpoint(wanted, signal)
    try {
      return await ask(endpoint, { method, headers: sent, body, signal })
    } catch (error) {
      if (signal.aborted) throw toFault(signal.reason instanceof Fault ? signal.reason : error)
      // It went to sleep just now: nothing was sent.
      if (isGone(error) && tries < TRIES) hosted.forget(wanted)
      else if (isBroken(error)) {
        const why = await hosted.whyEnded(wanted, signal)
        throw new Fault('mcp.cut-off', why === null ? `${server}.` : `${server}: ${why}`, { cause: error })
      } else throw new Fault('mcp.unreachable', `${server} does not answer.`, { cause: error })
    }
  }
}

/** A connection for each request: the way is short, and a bridge ends when nobody is connected. */
async function ask(endpoint: HostedEndpoint, { method, headers, body, signal }: UpstreamCall): Promise<UpstreamAnswer> {
  const client = clientOf(endpoint)
  const shown = endpoint.kind === 'pod' ? { ...headers, [BRIDGE_KEY_HEADER]: endpoint.key } : headers
  try {
    const {
      statusCode,
      headers: received,
      body: stream,
    } = await client.request({
      path: BRIDGE_PATHS.mcp,
      method,
      headers: shown,
      body,
      signal,
    })
    stream.once('close', () => void client.close())
    return { statusCode, headers: received, body: bodyOf(stream) }
  } catch (error) {
    await client.destroy()
    throw error
  }
}

function clientOf(endpoint: HostedEndpoint): Client {
  const patience = { headersTimeout: 0, bodyTimeout: 0 }
  if (endpoint.kind === 'pod') return new Client(endpoint.url, patience)
  return new Client('http://bridge', { socketPath: endpoint.path, ...patience })
}

function isGone(error: unknown): boolean {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined
  return code === 'ECONNREFUSED' || code === 'ENOENT' || code === 'EHOSTUNREACH' || code === 'UND_ERR_CONNECT_TIMEOUT'
}
