import type { ClientRequest, IncomingMessage, RequestOptions, ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import {
  type Again,
  AGAIN_HEADER,
  COMMAND_HEADER,
  FAULT_HEADER,
  type FaultCode,
  isFaultCode,
  RUN_TOKEN_HEADER,
  RUNNER_PATHS,
} from '@errand/contracts'
import { type Clock, pause } from '../clock.ts'
import { addressOptions, type GatewayAddress } from '../gateway/client.ts'
import { backoffMs } from '../gateway/backoff.ts'
import { http } from '../http.ts'
import { commandOf } from './commandOf.ts'
import { isHeld, passEvents } from './held.ts'
import { passedHeaders } from './headers.ts'
import { refuse } from './refuse.ts'
import { type Route, routeOf } from './route.ts'
import { tunnel } from './tunnel.ts'

export interface ForwarderDeps {
  readonly gateway: GatewayAddress
  readonly token: string
  readonly clock: Clock
  /** A model call of the agent was answered: with the gateway's reason when it was refused, else null. */
  readonly onModelAnswered: (refusedWith: FaultCode | null) => void
}

export interface Forwarder {
  readonly port: number
  /** `http://127.0.0.1:<port>`, for the agent's environment. */
  readonly origin: string
  close(): void
}

/** How long a call that has not left yet waits for a gateway that is starting again. */
const PATIENCE_MS = 30_000

/**
 * The agent's only way out: an HTTP server on the loopback of the sandbox that passes model calls, git and proxy
 * traffic on to the gateway and adds the run token there. So no process of the agent ever holds it. Bodies stream both
 * ways without a buffer or a time limit of ours, and an end on one side ends the other.
 */
export async function startForwarder(deps: ForwarderDeps): Promise<Forwarder> {
  const care = { isNeeded: false }
  const server = http().createServer(
    { requestTimeout: 0, headersTimeout: 0, keepAliveTimeout: 0, noDelay: true },
    (incoming, outgoing) => {
      const route = routeOf(incoming.url ?? '/', `127.0.0.1:${portOf(server.address())}`)
      if (route.kind === 'unknown') return refuse(outgoing, 'path.unknown')
      const again = route.kind === 'mcp' && care.isNeeded ? 'careful' : null
      void forward({ incoming, outgoing, route, startedAt: deps.clock.now(), again, care }, deps)
    },
  )
  server.on('connect', (incoming: IncomingMessage, socket: Socket, head: Buffer) => {
    const headers = tokenHeaders(incoming, deps.token)
    void tunnel({ incoming, socket, head, headers }, deps.gateway, deps.clock)
  })
  server.on('clientError', (_error, socket) => socket.destroy())
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const port = portOf(server.address())
  return {
    port,
    origin: `http://127.0.0.1:${port}`,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

interface Passage {
  readonly incoming: IncomingMessage
  readonly outgoing: ServerResponse
  readonly route: Exclude<Route, { kind: 'unknown' }>
  readonly startedAt: number
  readonly again: Again | null
  /** Set for good when a call of MCP may have been done, and nobody knows: a client that repeats it may come to another gateway. */
  readonly care: { isNeeded: boolean }
}

async function forward(passage: Passage, deps: ForwarderDeps): Promise<void> {
  const upstream = await connect(passage, PATIENCE_MS, deps)
  if (upstream !== null) pass(upstream, passage, deps)
}

/** A connection on which nothing was sent yet; null when there is none, and the caller has been told. */
async function connect(
  { incoming, outgoing, route, startedAt, again }: Passage,
  patienceMs: number,
  deps: ForwarderDeps,
): Promise<ClientRequest | null> {
  const headers = {
    ...passedHeaders(incoming.headers, { isReplaced: route.kind !== 'egress' }),
    ...(route.kind === 'egress' ? tokenHeaders(incoming, deps.token) : { [RUN_TOKEN_HEADER]: deps.token }),
    ...(again === null ? {} : { [AGAIN_HEADER]: again }),
  }
  const options = {
    ...addressOptions(deps.gateway),
    method: incoming.method,
    path: route.target,
    headers,
    agent: false,
  } as RequestOptions
  for (let failures = 0; ; failures++) {
    const upstream = http().request(options)
    const error = await untilConnected(upstream)
    if (error === null) return upstream
    const hasPatience = route.kind !== 'egress' && deps.clock.now() - startedAt < patienceMs
    if (!isAway(error) || !hasPatience) {
      giveUp(outgoing)
      return null
    }
    await pause(deps.clock, backoffMs(failures, Math.random))
    if (outgoing.destroyed) return null
  }
}

/** Null once the connection stands and nothing has been sent on it; the error when there is none. */
function untilConnected(upstream: ClientRequest): Promise<Error | null> {
  return new Promise((resolve) => {
    upstream.once('error', resolve)
    upstream.once('socket', (socket) => {
      const connected = (): void => {
        upstream.off('error', resolve)
        resolve(null)
      }
      if (socket.connecting) socket.once('connect', connected)
      else connected()
    })
  })
}

function isAway(error: Error): boolean {
  return ['ECONNREFUSED', 'ENOENT', 'ECONNRESET', 'EAGAIN'].includes((error as NodeJS.ErrnoException).code ?? '')
}

function pass(upstream: ClientRequest, passage: Passage, deps: ForwarderDeps): void {
  const { incoming, outgoing, route, care } = passage
  const body = route.kind === 'mcp' ? keptOf(incoming) : NOTHING
  const failed = () => {
    if (route.kind === 'mcp' && incoming.method === 'POST') void bringOn({ passage, body }, deps)
    else giveUp(outgoing)
  }
  upstream.on('error', failed)
  upstream.on('response', (answer) => {
    const code = answer.headers[FAULT_HEADER]
    if (route.kind === 'mcp' && (code !== undefined || isHeld(answer))) care.isNeeded = true
    if (route.kind === 'model') deps.onModelAnswered(typeof code === 'string' && isFaultCode(code) ? code : null)
    passHead(answer, outgoing)
    if (isHeld(answer)) {
      // A connection that breaks off is told to the answer, and here too.
      upstream.off('error', failed).on('error', () => undefined)
      return void passHeld(answer, { passage, body }, deps)
    }
    answer.on('error', () => outgoing.destroy())
    answer.pipe(outgoing)
  })
  outgoing.on('close', () => {
    if (!outgoing.writableFinished) upstream.destroy()
  })
  incoming.on('error', () => upstream.destroy())
  incoming.pipe(upstream)
}

/**
 * A gateway that went away in the middle of a call may have sent it. The next one is told of it, makes again what changes
 * nothing, and says of the rest that nobody knows.
 */
async function bringOn({ passage, body }: { passage: Passage; body: Kept }, deps: ForwarderDeps): Promise<void> {
  const { incoming, outgoing, care } = passage
  care.isNeeded = true
  if (outgoing.headersSent || outgoing.destroyed) return giveUp(outgoing)
  incoming.resume()
  if (!incoming.readableEnded) await new Promise((resolve) => incoming.once('end', resolve).once('close', resolve))
  const again = { ...passage, startedAt: deps.clock.now(), again: 'cut' } as const
  const isWhole = incoming.complete && body.bytes <= MAX_KEPT_BYTES
  const answer = isWhole ? await makeAgain({ passage: again, body, patienceMs: PATIENCE_MS }, deps) : null
  if (answer === null) return giveUp(outgoing)
  passHead(answer, outgoing)
  if (isHeld(answer)) return passHeld(answer, { passage, body }, deps)
  answer.on('error', () => outgoing.destroy())
  answer.pipe(outgoing)
}

function passHead(answer: IncomingMessage, outgoing: ServerResponse): void {
  const headers = passedHeaders(answer.headers, { isReplaced: false })
  outgoing.writeHead(answer.statusCode ?? 502, answer.statusMessage ?? '', headers)
  outgoing.flushHeaders()
}

/** How long a call that waits for a person outlives a gateway that is away. */
const HELD_PATIENCE_MS = 10 * 60_000

/** A gateway that goes away while a person is waited for has not sent the call on: the next one gets it again. */
async function passHeld(
  first: IncomingMessage,
  { passage, body }: { passage: Passage; body: Kept },
  deps: ForwarderDeps,
): Promise<void> {
  const { outgoing } = passage
  let answer: IncomingMessage | null = first
  while (answer !== null && (await passEvents(answer, outgoing)) === 'broken') {
    const again = { ...passage, startedAt: deps.clock.now(), again: 'held' } as const
    answer = await makeAgain({ passage: again, body, patienceMs: HELD_PATIENCE_MS }, deps)
  }
  if (answer === null) outgoing.destroy()
}

/**
 * Null when no gateway came in time. One that gets a held call again answers that it holds it before it does anything with
 * it: one that ends without an answer, as a gateway does that takes a connection while it dies, has not sent it on. One that
 * was cut is only sent on where that may be done twice.
 */
async function makeAgain(
  { passage, body, patienceMs }: { passage: Passage; body: Kept; patienceMs: number },
  deps: ForwarderDeps,
): Promise<IncomingMessage | null> {
  const { outgoing, startedAt } = passage
  for (let failures = 0; ; failures++) {
    const upstream = await connect(passage, patienceMs, deps)
    if (upstream === null) return null
    outgoing.once('close', () => upstream.destroy())
    const answer = await answerOf(upstream, body)
    if (answer !== null || outgoing.destroyed || deps.clock.now() - startedAt > patienceMs) return answer
    await pause(deps.clock, backoffMs(failures, Math.random))
  }
}

/** Null for one that never came. */
function answerOf(upstream: ClientRequest, body: Kept): Promise<IncomingMessage | null> {
  return new Promise((resolve) => {
    upstream.once('response', resolve)
    upstream.on('error', () => resolve(null))
    upstream.end(Buffer.concat(body.chunks))
  })
}

/** The gateway takes no longer message. */
const MAX_KEPT_BYTES = 4 * 1024 * 1024

interface Kept {
  readonly chunks: readonly Buffer[]
  readonly bytes: number
}

const NOTHING: Kept = { chunks: [], bytes: 0 }

function keptOf(incoming: IncomingMessage): Kept {
  const chunks: Buffer[] = []
  const kept = { chunks, bytes: 0 }
  incoming.on('data', (chunk: Buffer) => {
    kept.bytes += chunk.length
    if (kept.bytes <= MAX_KEPT_BYTES) chunks.push(chunk)
  })
  return kept
}

function giveUp(outgoing: ServerResponse): void {
  if (outgoing.headersSent) outgoing.destroy()
  else refuse(outgoing, 'upstream.unreachable')
}

const commands = new WeakMap<Socket, string | null>()

/** The token, and whose connection it is: looked up once for each connection. */
function tokenHeaders(incoming: IncomingMessage, token: string): Record<string, string> {
  const { socket } = incoming
  const known = commands.get(socket)
  const command =
    known === undefined ? commandOf({ peerPort: socket.remotePort ?? 0, ownPort: socket.localPort ?? 0 }) : known
  commands.set(socket, command)
  const named = command === null ? {} : { [COMMAND_HEADER]: Buffer.from(command).toString('base64url') }
  return { [RUN_TOKEN_HEADER]: token, ...named }
}

function portOf(address: AddressInfo | string | null): number {
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** Where the agent finds the model. */
export function modelOrigin(forwarder: Forwarder): string {
  return forwarder.origin + RUNNER_PATHS.llm
}
