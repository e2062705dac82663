import { connect as connectTls } from 'node:tls'
import { isIP } from 'node:net'
import { Readable } from 'node:stream'
import { Fault, type Forge } from '@errand/contracts'
import {
  formatAuthority,
  formatRepositoryAddress,
  parseAuthority,
  type RepositoryAddress,
  upstreamPath,
} from '@errand/domain'
import type { Secret } from '@errand/observe'
import { Agent, type buildConnector } from 'undici'
import { connectGuarded, type ConnectDeps, unreachable } from '../egress/connect.ts'
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
      connect: connector(network, { isPrivateOpen, tls }),
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

/** TCP to an address that was judged, then TLS for the name that was asked for. */
function connector(
  network: ConnectDeps,
  { isPrivateOpen, tls }: { isPrivateOpen: boolean; tls: { readonly ca?: string } },
): buildConnector.connector {
  const open = async ({ hostname, port, protocol }: buildConnector.Options) => {
    const target = parseAuthority(`${hostname}:${port === '' ? (protocol === 'https:' ? 443 : 80) : port}`)
    if (target === null) throw new Fault('egress.unreachable', `${hostname}: not a host name.`)
    const socket = await connectGuarded(target, isPrivateOpen ? [formatAuthority(target)] : [], network)
    if (protocol !== 'https:') return socket
    const { promise, resolve, reject } = Promise.withResolvers<typeof secured>()
    const secured = connectTls({
      socket,
      ALPNProtocols: ['http/1.1'],
      ...(isIP(target.host) === 0 ? { servername: target.host } : { host: target.host }),
      ...tls,
    })
    secured.once('error', reject)
    socket.once('error', reject)
    socket.once('close', () => reject(Object.assign(new Error('closed during the handshake'), { code: 'ECONNRESET' })))
    secured.once('secureConnect', () => {
      secured.off('error', reject)
      resolve(secured)
    })
    return promise
  }
  return (options, done) => {
    open(options).then(
      (socket) => done(null, socket),
      (error: unknown) =>
        done(error instanceof Error ? error : new Error('the connection failed', { cause: error }), null),
    )
  }
}
