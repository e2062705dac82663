import { connect as connectTls } from 'node:tls'
import { isIP } from 'node:net'
import { Fault } from '@errand/contracts'
import { parseAuthority, type Target } from '@errand/domain'
import type { buildConnector } from 'undici'
import { connectGuarded, type ConnectDeps } from '../egress/connect.ts'

export interface Reach {
  /** `host:port` that may be private, of those that a connection to this target may use. */
  readonly openedFor: (target: Target) => readonly string[]
  readonly tls?: { readonly ca?: string }
}

/** For undici: TCP to an address that was judged, then TLS for the name that was asked for. */
export function guardedConnector(network: ConnectDeps, { openedFor, tls = {} }: Reach): buildConnector.connector {
  const open = async ({ hostname, port, protocol }: buildConnector.Options) => {
    // undici takes the brackets off an address of six.
    const host = hostname.includes(':') && !hostname.startsWith('[') ? `[${hostname}]` : hostname
    const target = parseAuthority(`${host}:${port === '' ? (protocol === 'https:' ? 443 : 80) : port}`)
    if (target === null) throw new Fault('egress.unreachable', `${hostname}: not a host name.`)
    const socket = await connectGuarded(target, openedFor(target), network)
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
