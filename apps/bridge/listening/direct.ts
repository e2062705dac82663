import type { ClientRequest, IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import type { BridgeDeps } from '../deps.ts'
import { passed } from '../gateway/forwarder.ts'
import { writeJson } from '../http/answerStream.ts'
import { http } from '../http/builtin.ts'
import { type Exchange, headerOf } from '../http/exchange.ts'
import { errorText, idJson, readMessage, RPC, type RpcError } from '../message/message.ts'
import { rpcErrorOf } from '../server/startError.ts'
import { type StartedServer, StartRefused } from '../server/starter.ts'
import { type ListeningServer, LOOPBACK, whyGone } from './listeningServer.ts'
import { masking } from './masking.ts'

/** Of a client that never says goodbye the oldest are forgotten. */
const MAX_SESSIONS = 4096

/**
 * Passes what the gateway asks to a server that speaks Streamable HTTP by itself, and its answer back, as they come. Its
 * sessions are known here all the same: one that another opened, or that a process before this one had, is unknown.
 */
export class Direct {
  readonly #listening: ListeningServer
  readonly #path: string
  readonly #deps: BridgeDeps
  readonly #principals = new Map<string, string>()

  constructor(listening: ListeningServer, path: string, deps: BridgeDeps) {
    this.#listening = listening
    this.#path = path
    this.#deps = deps
    listening.onEnded = () => this.#principals.clear()
  }

  get size(): number {
    return this.#principals.size
  }

  async pass(exchange: Exchange, body: string): Promise<void> {
    const session = headerOf(exchange, 'mcp-session-id')
    const { response, principal } = exchange
    if (session !== null && this.#principals.get(session) !== principal) {
      const unknown = { code: RPC.sessionUnknown, message: 'There is no such session (any more).' }
      return writeJson(response, { status: 404, text: errorText('null', unknown) })
    }
    let server: StartedServer
    try {
      server = await this.#listening.ready()
    } catch (error) {
      const isRefused = error instanceof StartRefused
      if (isRefused) response.setHeader('retry-after', Math.max(1, Math.ceil(error.retryMs / 1000)))
      return writeJson(response, { status: isRefused ? 503 : 200, text: answerOf(body, rpcErrorOf(error)) })
    }
    await this.#ask({ exchange, body, server })
  }

  async #ask({ exchange, body, server }: Asking): Promise<void> {
    const { response, request } = exchange
    const upstream = this.#open(request, body)
    response.once('close', () => upstream.destroy())
    let answer: IncomingMessage | null = null
    try {
      answer = await headOf(upstream)
      server.answered()
      this.#note(exchange, answer)
      this.#begin(response, answer)
      await this.#stream(answer, response)
    } catch {
      if (response.destroyed) return
      this.#broken({ response, answer, body }, (await whyGone(server)).message)
    }
  }

  #open({ method, headers }: IncomingMessage, body: string): ClientRequest {
    const { host: _host, origin: _origin, 'accept-encoding': _encoding, ...kept } = passed(headers)
    const sent = body === '' ? kept : { ...kept, 'content-length': Buffer.byteLength(body) }
    const place = { host: LOOPBACK, port: this.#listening.port, path: this.#path, agent: false }
    const upstream = http().request({ ...place, method, headers: sent })
    upstream.end(body === '' ? undefined : body)
    return upstream
  }

  #note({ request, principal }: Exchange, { statusCode = 0, headers }: IncomingMessage): void {
    const opened = headers['mcp-session-id']
    const ended = request.method === 'DELETE' && statusCode < 300 ? request.headers['mcp-session-id'] : undefined
    if (typeof opened === 'string') this.#principals.set(opened, this.#principals.get(opened) ?? principal)
    if (typeof ended === 'string') this.#principals.delete(ended)
    const [oldest] = this.#principals.keys()
    if (this.#principals.size > MAX_SESSIONS && oldest !== undefined) this.#principals.delete(oldest)
  }

  #begin(response: ServerResponse, { statusCode = 502, headers }: IncomingMessage): void {
    const { 'content-length': length, ...kept } = passed(headers)
    const isKnown = length !== undefined && !this.#hasSecrets
    const given: OutgoingHttpHeaders = isKnown ? { ...kept, 'content-length': length } : kept
    response.writeHead(statusCode, given)
    response.flushHeaders()
  }

  async #stream(answer: IncomingMessage, response: ServerResponse): Promise<void> {
    const { mask, limits } = this.#deps
    const { pipeline } = process.getBuiltinModule('node:stream/promises')
    // What breaks before us is to leave the response whole: its end is said in words.
    const write = async (parts: AsyncIterable<Buffer>): Promise<void> => {
      for await (const part of parts) if (!response.write(part)) await drained(response)
    }
    if (this.#hasSecrets)
      await pipeline(answer, masking(mask, { isStream: isStream(answer), maxBytes: limits.lineBytes }), write)
    else await pipeline(answer, write)
    response.end()
  }

  /** Whoever waits for an answer is told why there is none, as far as it can still be said. */
  #broken({ response, answer, body }: Broken, words: string): void {
    const error = { code: RPC.server, message: words, data: { code: 'mcp.crashed' } }
    if (answer === null) return writeJson(response, { status: body === '' ? 502 : 200, text: answerOf(body, error) })
    if (body !== '' && isStream(answer)) response.end(`event: message\ndata: ${answerOf(body, error)}\n\n`)
    else response.destroy()
  }

  get #hasSecrets(): boolean {
    return Object.keys(this.#deps.secrets).length > 0
  }
}

interface Asking {
  readonly exchange: Exchange
  readonly body: string
  readonly server: StartedServer
}

interface Broken {
  readonly response: ServerResponse
  /** Null: it had not begun. */
  readonly answer: IncomingMessage | null
  readonly body: string
}

function headOf(upstream: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    upstream.once('response', resolve)
    upstream.on('error', reject)
  })
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    response.once('drain', resolve)
    response.once('close', resolve)
  })
}

function isStream({ headers }: IncomingMessage): boolean {
  return headers['content-type']?.startsWith('text/event-stream') === true
}

/** The error as the answer to the message of this body. */
function answerOf(body: string, error: RpcError): string {
  return errorText(idIn(body), error)
}

function idIn(body: string): string {
  try {
    const message = readMessage(body)
    return message?.kind === 'request' ? idJson(message) : 'null'
  } catch (error) {
    if (error instanceof SyntaxError) return 'null'
    throw error
  }
}
