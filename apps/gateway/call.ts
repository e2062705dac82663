import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { Fault, type RequestId } from '@errand/contracts'
import type { ReportGrant, RunGrant } from '@errand/engine'
import type { GatewayDeps } from './deps.ts'
import type { McpExchange } from './mcp/exchange.ts'
import type { Origin } from './origin.ts'

export const TRAFFICS = ['sandbox', 'runner', 'llm', 'mcp', 'git', 'egress'] as const
/** `sandbox` is a runner's that has no run yet, `runner` its own; the others are the agent's, forwarded by the runner. */
export type Traffic = (typeof TRAFFICS)[number]

/** Where an answer goes: an HTTP response, or the raw connection of a CONNECT (`head` is what came after its headers). */
export type Reply = HttpReply | { readonly kind: 'tunnel'; readonly socket: Duplex; readonly head: Buffer }

export interface HttpReply {
  readonly kind: 'http'
  /** For an answer in parts. Ask for it only then: what a whole answer needs is less. */
  readonly response: ServerResponse
  /** The whole answer, and its end. Nothing was written before. */
  whole(answer: WholeAnswer): void
  /** Tells when the caller goes away before it has the whole answer. */
  onGone(listener: () => void): void
}

/** What a caller says before the body. */
export type RequestHead = Pick<IncomingMessage, 'method' | 'url' | 'headers' | 'socket'>

export interface WholeAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer | string
}

/** One request on its way through the stages. A stage may set what is not `readonly`, nothing else. */
export interface Call {
  readonly id: RequestId
  readonly traffic: Traffic
  readonly method: string
  /** As the caller wrote it: path and query; for egress an absolute address, or `host:port` of a CONNECT. */
  readonly target: string
  /** The same without the query. */
  readonly path: string
  readonly origin: Origin
  readonly request: RequestHead
  /** The whole of what comes after the head, where it came with it; else it is read from there. Read it with `readBody` or `streamOf`. */
  readonly body: Buffer | IncomingMessage
  readonly reply: Reply
  /** Aborts when the caller goes away. Whatever a stage opened upstream has to be closed then. */
  readonly signal: AbortSignal
  /** A `Fault` as the reason is what the caller is told. */
  readonly abort: (reason: Fault) => void
  /** Of `performance.now()`. */
  readonly startedAt: number
  /** Goes into the call's wide event. Never a header, never a body, never a query. */
  readonly fields: Record<string, string | number | boolean | null>
  /** What is sent upstream: filled by `stripReservedHeaders`, then `injectCredential`. Never logged. */
  headers: OutgoingHttpHeaders
  /** Set by `authenticateRun`. Read it with `grantOf`. */
  grant: RunGrant | null
  /** Set by `authenticateRun` in its place for a runner's events. Read it with `reportOf`. */
  report: ReportGrant | null
  /** Set by `injectCredential` for LLM traffic: where the call goes. */
  upstream: Upstream | null
  /** Set by `readMcpMessage` for MCP traffic. Read it with `exchangeOf`. */
  mcp: McpExchange | null
}

/** `demo` never leaves the process. */
export type Upstream = { readonly kind: 'demo' } | { readonly kind: 'http'; readonly baseUrl: string }

/**
 * One step of the pipeline. `answered` ends the call: the stage has written the whole answer, or handed the
 * connection on. A thrown `Fault` is written in the form of the call's protocol; anything else as `internal.error`.
 */
export type Stage = (call: Call, deps: GatewayDeps) => Came | Promise<Came>
type Came = 'next' | 'answered'

/** The grant of an authenticated call. */
export function grantOf(call: Call): RunGrant {
  if (call.grant === null)
    throw new Fault('internal.error', undefined, { cause: new Error('a stage ran before authenticateRun') })
  return call.grant
}

export function reportOf(call: Call): ReportGrant {
  if (call.report === null)
    throw new Fault('internal.error', undefined, { cause: new Error('a stage ran before authenticateRun') })
  return call.report
}

/** What comes after the head, for traffic that never comes in one piece. */
export function streamOf({ body }: Call): IncomingMessage {
  if (Buffer.isBuffer(body))
    throw new Fault('internal.error', undefined, { cause: new Error('only calls of MCP come in one piece') })
  return body
}

/** Where the answer of a call goes that is not a tunnel. */
export function replyOf({ reply }: Call): HttpReply {
  if (reply.kind === 'tunnel') throw new Fault('path.unknown', 'CONNECT opens tunnels to hosts outside, nothing else.')
  return reply
}

/** The same for an answer in parts. */
export function responseOf(call: Call): ServerResponse {
  return replyOf(call).response
}
