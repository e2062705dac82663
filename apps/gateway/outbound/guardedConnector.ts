import { isIP, type Socket } from 'node:net'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { Fault } from '@errand/contracts'
import { parseAuthority, type Target } from '@errand/domain'
import type { buildConnector } from 'undici'
import { connectGuarded, type ConnectDeps, unreachable } from '../egress/connect.ts'

export interface Reach {
  /** `host:port` that may be private, of those that a connection to this target may use. */
  readonly openedFor: (target: Target) => readonly string[]
  readonly tls?: { readonly ca?: string }
}

/**
 * TCP to an address that was judged, then TLS for the name that was asked for. Faults `egress.address-private`,
 * `egress.unreachable`.
 */
export async function openGuarded(
  { target, isSecure }: { readonly target: Target; readonly isSecure: boolean },
  network: ConnectDeps,
  { openedFor, tls = {} }: Reach,
): Promise<Socket> {
  const socket = await connectGuarded(target, openedFor(target), network)
  if (!isSecure) return socket
  const { promise, resolve, reject } = Promise.withResolvers<TLSSocket>()
  const secured = connectTls({
    socket,
    ALPNProtocols: ['http/1.1'],
    ...(isIP(target.host) === 0 ? { servername: target.host } : { host: target.host }),
    ...tls,
  })
  secured.once('error', reject)
  // For good: one that comes after the handshake is told by the secured side.
  socket.on('error', reject)
  socket.once('close', () => reject(Object.assign(new Error('closed during the handshake'), { code: 'ECONNRESET' })))
  secured.once('secureConnect', () => {
    secured.off('error', reject)
    resolve(secured)
  })
  return promise.catch((error: unknown) => {
    throw unreachable(target, error)
  })
}

/** The same for undici. */
export function guardedConnector(network: ConnectDeps, reach: Reach): buildConnector.connector {
  const open = async ({ hostname, port, protocol }: buildConnector.Options) => {
    // undici takes the brackets off an address of six.
    const host = hostname.includes(':') && !hostname.startsWith('[') ? `[${hostname}]` : hostname
    const isSecure = protocol === 'https:'
    const target = parseAuthority(`${host}:${port === '' ? (isSecure ? 443 : 80) : port}`)
    if (target === null) throw new Fault('egress.unreachable', `${hostname}: not a host name.`)
    return openGuarded({ target, isSecure }, network, reach)
  }
  return (options, done) => {
    open(options).then(
      (socket) => done(null, socket),
      (error: unknown) =>
        done(error instanceof Error ? error : new Error('the connection failed', { cause: error }), null),
    )
  }
}
