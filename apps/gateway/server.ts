import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { Fault, FAULTS, newId, toFault } from '@errand/contracts'
import { wideEvent } from '@errand/observe'
import { replyOver, writeJson } from './answer.ts'
import type { Call, Reply, Traffic } from './call.ts'
import type { GatewayDeps } from './deps.ts'
import { fastPath } from './http1/fastPath.ts'
import type { Hosted } from './hosted/openHosted.ts'
import { originOf } from './origin.ts'
import { runPipeline } from './pipeline.ts'
import { refuse } from './refuse.ts'
import { pathOf, trafficOf } from './traffic.ts'

/** How long a refused upload is read away, so that its sender gets to read the answer. */
const DRAIN_MS = 60_000

export interface GatewayServer {
  readonly server: Server
  /** Takes a connection from a sandbox. */
  connect(socket: Socket): void
  /** Takes no more; what rests is closed, and what is under way goes on. Resolves when nobody is connected. */
  close(): Promise<void>
  /** Cuts every connection. */
  cut(): void
  /** Ends every call under way: those that wait are refused with `service.stopping`, streams are cut. */
  stopCalls(): Promise<void>
}

/** An HTTP server whose every call goes through the pipeline and ends in one wide event. It does not listen yet. */
export function createGatewayServer(deps: GatewayDeps, overNetwork: Hosted['overNetwork']): GatewayServer {
  const live = new Map<Promise<void>, AbortController>()
  const server = createServer({
    // Calls last as long as a model thinks or a repository is cloned.
    requestTimeout: 0,
    headersTimeout: 60_000,
    keepAliveTimeout: 75_000,
    maxHeaderSize: 64 * 1024,
  })
  const take = (arrived: Arrived) => {
    const abort = new AbortController()
    const ended = serve({ ...arrived, abort }, deps).finally(() => live.delete(ended))
    live.set(ended, abort)
  }
  const fast = fastPath({ server, take })
  const takeNetwork = (request: IncomingMessage, reply: Reply) => {
    if (!overNetwork(request, reply)) take({ request, body: request, reply })
  }
  server.on('request', (request: IncomingMessage, response: ServerResponse) =>
    takeNetwork(request, replyOver(response)),
  )
  server.on('connect', (request: IncomingMessage, socket: Duplex, head: Buffer) =>
    takeNetwork(request, { kind: 'tunnel', socket, head }),
  )
  server.on('clientError', (_error, socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n')
  })
  return {
    server,
    connect: (socket) => fast.connect(socket),
    close() {
      fast.close()
      return new Promise((resolve) => void server.close(() => resolve()))
    },
    cut() {
      fast.cut()
      server.closeAllConnections()
    },
    async stopCalls() {
      for (const abort of live.values()) abort.abort(new Fault('service.stopping'))
      await Promise.allSettled(live.keys())
    },
  }
}

/** A request as it is taken. */
type Arrived = Pick<Call, 'request' | 'body' | 'reply'>

async function serve(
  { request, body, reply, abort }: Arrived & { abort: AbortController },
  deps: GatewayDeps,
): Promise<void> {
  watchCaller({ body, reply, abort })
  const { url: target = '' } = request
  const traffic = trafficOf(request)
  if (traffic === null) {
    writeJson(reply, { status: FAULTS['path.unknown'].http, body: new Fault('path.unknown').toWire() })
    return drain(body)
  }
  const id = newId('request', deps.now())
  const call: Call = {
    id,
    traffic,
    method: request.method ?? '',
    target,
    path: pathOf(target),
    origin: originOf(request.socket),
    request,
    body,
    reply,
    signal: abort.signal,
    abort: (reason) => abort.abort(reason),
    startedAt: performance.now(),
    fields: { requestId: id },
    headers: {},
    grant: null,
    report: null,
    upstream: null,
    mcp: null,
  }
  try {
    await observed(call, deps)
  } catch (error) {
    refuse(call, toFault(error))
  }
  drain(body)
}

/** Runs the call as one unit of work in the log, the metrics and the traces. Throws the call's fault. */
async function observed(call: Call, deps: GatewayDeps): Promise<void> {
  const { log, tracing, metrics } = deps
  const { traffic, signal, startedAt } = call
  let outcome: string = 'ok'
  try {
    await wideEvent({ log, op: `${traffic}.called`, level: CALM[traffic], tracing, fields: call.fields }, async () => {
      try {
        await runPipeline(call, deps)
      } catch (error) {
        // Nobody is left to be told, and nothing is wrong: sandboxes end in the middle of things.
        if (signal.reason !== CALLER_GONE) throw signal.reason instanceof Fault ? signal.reason : error
      } finally {
        if (signal.reason === CALLER_GONE) call.fields['end'] = 'the caller went away'
      }
    })
  } catch (error) {
    outcome = toFault(error).code
    throw error
  } finally {
    metrics.gatewayRequest({ traffic, outcome, ms: performance.now() - startedAt })
  }
}

/** Aborts the call when its caller goes away before it has the whole answer. */
function watchCaller({ body, reply, abort }: Pick<Arrived, 'body' | 'reply'> & { abort: AbortController }): void {
  const gone = () => abort.abort(CALLER_GONE)
  // Node tears the connection down by itself; without a listener a broken upload would end the process.
  if (!Buffer.isBuffer(body)) body.on('error', gone)
  if (reply.kind === 'tunnel') {
    reply.socket.on('error', gone)
    reply.socket.once('close', gone)
    return
  }
  reply.onGone(gone)
}

/** Why a call was aborted whose caller went away. */
const CALLER_GONE = Symbol('the caller went away')

/** Reads an unread body away: closing a connection with bytes in flight would lose the answer with them. */
function drain(body: Call['body']): void {
  if (Buffer.isBuffer(body) || body.complete || body.destroyed) return
  body.resume()
  const timer = setTimeout(() => body.destroy(), DRAIN_MS).unref()
  body.once('close', () => clearTimeout(timer))
}

/**
 * Runner calls come several times a second from each run, a warm sandbox asks for hours, and each call of a tool has a row
 * of its own; the others are what a person may ask about later.
 */
const CALM: Readonly<Record<Traffic, 'debug' | 'info'>> = {
  sandbox: 'debug',
  runner: 'debug',
  llm: 'info',
  mcp: 'debug',
  git: 'info',
  egress: 'info',
}
