import type { Agent, IncomingMessage, RequestOptions } from 'node:http'
import type { Readable } from 'node:stream'
import type { FaultWire, RunnerBoot } from '@errand/contracts'
import { type Clock, pause } from '../clock.ts'
import { http } from '../http.ts'
import { backoffMs } from './backoff.ts'

export type GatewayAddress = RunnerBoot['gateway']

export interface GatewayRequest {
  readonly method: 'GET' | 'POST' | 'PUT'
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  /** Called anew for each attempt, for a stream can be read once only. */
  readonly body?: () => string | Readable
  readonly signal?: AbortSignal
  /** Without a byte of the answer for this long, the attempt counts as unreachable. */
  readonly timeoutMs?: number
}

export interface GatewayAnswer {
  readonly status: number
  readonly json: unknown
}

/** No answer at all: refused, reset, timed out. Says nothing about whether the request arrived. */
export class GatewayUnreachable extends Error {}
/** No answer for so long that the runner gives up. */
export class GatewayLost extends Error {}
/** The gateway no longer knows this run: it is over. */
export class RunOver extends Error {}

const DEFAULT_TIMEOUT_MS = 30_000
const MAX_ANSWER_BYTES = 32 * 1024 * 1024
export const LOST_AFTER_MS = 10 * 60_000

/** Speaks to the gateway in the runner's own name. */
export class GatewayClient {
  readonly #agent: Agent
  readonly #address: GatewayAddress
  readonly #token: string | null
  readonly #clock: Clock
  #answeredAt: number

  /** Without a token for what a sandbox says before it has one. `agent`: whose connections it goes on with. */
  constructor(
    boot: { readonly gateway: GatewayAddress; readonly token: string | null },
    clock: Clock,
    agent: Agent = new (http().Agent)({ keepAlive: true, maxSockets: 8 }),
  ) {
    this.#agent = agent
    this.#address = boot.gateway
    this.#token = boot.token
    this.#clock = clock
    this.#answeredAt = clock.now()
  }

  /** One attempt. Throws `GatewayUnreachable`. The answer's body has to be read by the caller. */
  open(ask: GatewayRequest): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const outgoing = http().request(this.#options(ask), (answer) => {
        this.#answeredAt = this.#clock.now()
        resolve(answer)
      })
      const fail = (error: Error): void => reject(new GatewayUnreachable(error.message, { cause: error }))
      outgoing.on('error', fail)
      outgoing.on('timeout', () => outgoing.destroy(new Error('no answer in time')))
      const body = ask.body?.()
      if (body === undefined || typeof body === 'string') {
        outgoing.end(body)
        return
      }
      body.on('error', (error) => outgoing.destroy(error))
      outgoing.on('close', () => body.destroy())
      body.pipe(outgoing)
    })
  }

  /** One attempt with a JSON answer. Throws `GatewayUnreachable`. */
  async ask(ask: GatewayRequest): Promise<GatewayAnswer> {
    const answer = await this.open(ask)
    return { status: answer.statusCode ?? 0, json: await readJson(answer) }
  }

  /**
   * Asks until there is an answer that means something: over resets, restarts and a gateway that is stopping.
   * Throws `GatewayLost` after ten minutes without any answer, `RunOver` when the token is dead.
   */
  async untilAnswered(ask: GatewayRequest): Promise<GatewayAnswer> {
    return (await this.#insist(ask, async () => {
      const answer = await this.ask(ask)
      return isPassing(answer.status) ? null : answer
    })) as GatewayAnswer
  }

  /** As `untilAnswered`, for an answer that is a stream of bytes. */
  async untilOpened(ask: GatewayRequest): Promise<IncomingMessage> {
    return (await this.#insist(ask, async () => {
      const answer = await this.open(ask)
      if (!isPassing(answer.statusCode ?? 0)) return answer
      answer.resume()
      return null
    })) as IncomingMessage
  }

  /** Its connections, for the client that takes its place. */
  get agent(): Agent {
    return this.#agent
  }

  get isLost(): boolean {
    return this.#clock.now() - this.#answeredAt >= LOST_AFTER_MS
  }

  close(): void {
    this.#agent.destroy()
  }

  async #insist(ask: GatewayRequest, attempt: () => Promise<GatewayAnswer | IncomingMessage | null>): Promise<unknown> {
    for (let failures = 0; ; failures++) {
      try {
        const answer = await attempt()
        if (answer !== null) return refuseDeadToken(answer)
      } catch (error) {
        if (!(error instanceof GatewayUnreachable)) throw error
        if (this.isLost) throw new GatewayLost('the gateway has not answered for ten minutes', { cause: error })
      }
      ask.signal?.throwIfAborted()
      await pause(this.#clock, backoffMs(failures, Math.random), ask.signal)
      ask.signal?.throwIfAborted()
    }
  }

  #options({ method, path, headers, signal, timeoutMs }: GatewayRequest): RequestOptions {
    return {
      ...addressOptions(this.#address),
      agent: this.#agent,
      method,
      path,
      // As an option it holds while the connection is being made, too: a wall lets nothing through and says nothing.
      timeout: timeoutMs ?? DEFAULT_TIMEOUT_MS,
      headers: { ...(this.#token === null ? {} : { authorization: `Bearer ${this.#token}` }), ...headers },
      ...(signal === undefined ? {} : { signal }),
    }
  }
}

/** Where `node:http` has to connect to. */
export function addressOptions(address: GatewayAddress): RequestOptions {
  return address.kind === 'socket'
    ? { socketPath: address.path, host: 'gateway' }
    : { host: address.host, port: address.port }
}

/** The fault in a refusing answer, as words for a person. */
export function faultWords(answer: GatewayAnswer): string {
  const fault = (typeof answer.json === 'object' && answer.json !== null ? answer.json : {}) as Partial<FaultWire>
  const words = [fault.words, fault.detail].filter((text) => typeof text === 'string').join(' ')
  return words === '' ? `The gateway answered ${answer.status}.` : words
}

/** The gateway or what stands behind it is not itself for a moment: ask again. */
export function isPassing(status: number): boolean {
  return status >= 500 || status === 429
}

function refuseDeadToken<T extends GatewayAnswer | IncomingMessage>(answer: T): T {
  const status = 'status' in answer ? answer.status : answer.statusCode
  if (status === 401) throw new RunOver('the run is over, or its token is not known')
  return answer
}

async function readJson(answer: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      size += chunk.length
      if (size > MAX_ANSWER_BYTES) throw new Error('the answer is too long')
      chunks.push(chunk)
    }
  } catch (error) {
    throw new GatewayUnreachable('the answer was cut', { cause: error })
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'))
  } catch {
    // Some other program's page in place of the gateway's answer: the status alone has to do.
    return null
  }
}
