import { Fault, newId } from '@errand/contracts'
import type { Logger } from '@errand/observe'
import { appRouter, type TrpcContext } from '@errand/surfaces'
import { applyWSSHandler } from '@trpc/server/adapters/ws'
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Identify } from './auth/identify.ts'
import { isFromOwnPage, pageOrigin, seenHeaders } from './auth/origin.ts'
import { isLocal } from './isLocal.ts'

interface SocketDeps {
  readonly log: Logger
  readonly now: () => Date
  readonly identify: Identify
  readonly trpc: Pick<TrpcContext, 'engine' | 'system'>
  /** Where people reach Errand, besides the address in the request's own Host header. */
  readonly publicUrl: string | null
}

const MAX_MESSAGE_BYTES = 1_000_000
/** What a subscriber may leave unread before its subscription waits for it. */
const MAX_UNREAD_BYTES = 1_000_000
const CLOSE_PATIENCE_MS = 1_000

/**
 * Subscriptions: WebSocket at /trpc. A program's token comes as the first message (`connectionParams`), never in the
 * address; a browser comes from a page of ours with its session's cookie, and is cut off soon after that has ended.
 * `close` asks every client to come back later and waits a moment for them to go.
 */
export function serveSockets(server: Server, deps: SocketDeps): { close(): Promise<void> } {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES, perMessageDeflate: false })
  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    if (pathname !== '/trpc') return refuse(socket, '404 Not Found')
    if (isFromAnotherPage(request, deps.publicUrl)) return refuse(socket, '403 Forbidden')
    sockets.handleUpgrade(request, socket, head, (client) => sockets.emit('connection', client, request))
  }
  server.on('upgrade', onUpgrade)
  applyWSSHandler({
    wss: sockets,
    router: appRouter,
    keepAlive: { enabled: true, pingMs: 20_000, pongWaitMs: 10_000 },
    createContext: ({ req, res, info }) => contextOf(req, res, info.connectionParams, deps),
  })
  return {
    close: async () => {
      server.off('upgrade', onUpgrade)
      const clients = [...sockets.clients]
      const gone = Promise.all(clients.map((client) => new Promise((resolve) => client.once('close', resolve))))
      for (const client of clients) client.close(1012, 'Errand is stopping')
      await Promise.race([gone, sleep(CLOSE_PATIENCE_MS)])
      for (const client of clients) client.terminate()
      sockets.close()
    },
  }
}

function contextOf(
  request: IncomingMessage,
  client: WebSocket,
  params: Readonly<Record<string, unknown>> | null,
  deps: SocketDeps,
): TrpcContext {
  const requestId = newId('request', deps.now())
  const token = typeof params?.['token'] === 'string' ? params['token'] : null
  const log = deps.log.child({ requestId })
  const authenticate = () =>
    deps.identify({
      token,
      address: request.socket.remoteAddress ?? '',
      cookie: request.headers.cookie,
      seen: seenHeaders(request.headers),
      isReading: false,
    })
  if (token === null) endWithSession(client, { authenticate, log })
  return {
    ...deps.trpc,
    authenticate,
    isLocal: isLocal(request),
    pageOrigin: pageOrigin(seenHeaders(request.headers), deps.publicUrl),
    log,
    requestId,
    whenWritable: () => drained(client),
  }
}

const LOOK_MS = 10_000
/** Tells the page that it is signed out, rather than that the line broke. */
const SIGNED_OUT = 4401

/** A subscription asks who it is for once; a session that ends elsewhere must end what is open too. */
function endWithSession(client: WebSocket, { authenticate, log }: Pick<TrpcContext, 'authenticate' | 'log'>): void {
  const timer = setInterval(() => {
    authenticate().catch((error: unknown) => {
      if (!(error instanceof Fault) || !error.code.startsWith('auth.')) return
      log.info({ op: 'socket.close', code: error.code }, 'a session ended while its page was open')
      client.close(SIGNED_OUT, 'signed out')
    })
  }, LOOK_MS)
  client.once('close', () => clearInterval(timer))
}

/** `ws` tells nobody when its buffer has emptied, so a full one is looked at again; an empty one costs nothing. */
async function drained(client: WebSocket): Promise<void> {
  while (client.bufferedAmount > MAX_UNREAD_BYTES && client.readyState === client.OPEN) await sleep(20)
}

/** Browsers always name the page; a program names none, and has a token. */
function isFromAnotherPage({ headers }: IncomingMessage, publicUrl: string | null): boolean {
  return headers.origin !== undefined && !isFromOwnPage(seenHeaders(headers), publicUrl)
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)
}
