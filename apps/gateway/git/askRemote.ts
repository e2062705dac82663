import { Readable } from 'node:stream'
import { Fault, type Forge } from '@errand/contracts'
import { formatAuthority, formatRepositoryAddress, type RepositoryAddress, upstreamPath } from '@errand/domain'
import type { Secret } from '@errand/observe'
import { Agent } from 'undici'
import { type ConnectDeps, unreachable } from '../egress/connect.ts'
import { guardedConnector } from '../outbound/guardedConnector.ts'
import { type GitAnswer, type GitAsk, sentBack, sentOn } from './gitAnswer.ts'
import { servicePath } from './gitRequest.ts'

export interface GitCredential {
  readonly name: string
  readonly username: string
  readonly secret: Secret
  /** Plain http and private addresses are allowed for exactly the host and port that it belongs to. */
  readonly isPrivate: boolean
  /** Which API the owner says the host has. */
  readonly forge?: Forge | 'none' | undefined
}

/** Connections to git hosts: `guarded` for the world, `opened` for a host whose credential says it is private. */
export interface RemoteDispatchers {
  readonly guarded: Agent
  readonly opened: Agent
  close(): Promise<void>
}

/** A server may count objects, or check a pack, for minutes before its next byte. */
const SILENCE_MS = 30 * 60_000

export function remoteDispatchers(network: ConnectDeps, tls: { readonly ca?: string } = {}): RemoteDispatchers {
  const agent = (isPrivateOpen: boolean) =>
    new Agent({
      connect: guardedConnector(network, {
        openedFor: (target) => (isPrivateOpen ? [formatAuthority(target)] : []),
        tls,
      }),
      // A connection per request: the body of a push cannot be sent twice, so it must not meet a stale one.
      pipelining: 0,
      headersTimeout: SILENCE_MS,
      bodyTimeout: SILENCE_MS,
    })
  const guarded = agent(false)
  const opened = agent(true)
  return { guarded, opened, close: async () => void (await Promise.all([guarded.destroy(), opened.destroy()])) }
}

/**
 * Sends a request on to the host of its repository, with the credential for it. The answer comes as it is, errors of
 * the host included. Faults: `egress.address-private`, `egress.unreachable`, `repository.plain-http`.
 */
export async function askRemote(
  { request, headers, body, contentLength, signal }: GitAsk,
  {
    address,
    credential,
    dispatchers,
  }: {
    address: RepositoryAddress & { kind: 'remote' }
    credential: GitCredential | null
    dispatchers: RemoteDispatchers
  },
): Promise<GitAnswer> {
  const isPrivate = credential?.isPrivate === true
  if (address.scheme === 'http' && !isPrivate) {
    throw new Fault('repository.plain-http', `${formatRepositoryAddress(address)}.`)
  }
  const { path, query } = servicePath(request)
  const sent = sentOn(headers)
  // The report of a push is read on its way back, so it must not come compressed.
  if (request.operation === 'push') delete sent['accept-encoding']
  if (contentLength !== null) sent['content-length'] = contentLength
  if (credential !== null) sent['authorization'] = basic(credential)
  try {
    const answer = await (isPrivate ? dispatchers.opened : dispatchers.guarded).request({
      origin: `${address.scheme}://${formatAuthority(address.target)}`,
      path: `${upstreamPath(address)}/${path}${query === '' ? '' : `?${query}`}`,
      method: body === null ? 'GET' : 'POST',
      headers: sent,
      body: body === null ? null : Readable.from(body, { objectMode: false }),
      signal,
    })
    return { status: answer.statusCode, headers: sentBack(answer.headers), body: answer.body }
  } catch (error) {
    throw unreachable(address.target, error)
  }
}

function basic({ username, secret }: GitCredential): string {
  return `Basic ${Buffer.from(`${username}:${secret.reveal()}`).toString('base64')}`
}
