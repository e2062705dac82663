import { randomUUID } from 'node:crypto'
import { request } from 'node:http'
import { join } from 'node:path'
import type { BridgeBoot, BridgeHealth } from '@errand/contracts'
import { type Bridge, startBridge } from '../bridge.ts'
import { type BridgeLimits, LIMITS } from '../deps.ts'
import { maskOf } from '../server/mask.ts'

const LISTENING = join(import.meta.dirname, 'programs/listening.mjs')
const SERVER = join(import.meta.dirname, 'programs/server.mjs')

export interface BridgeOptions {
  readonly mode?: string
  readonly share?: 'session' | 'all'
  /** Speaks HTTP by itself. */
  readonly listens?: { readonly transport: 'streamable-http' | 'sse'; readonly port: number; readonly mode: string }
  readonly idleMs?: number
  readonly secrets?: Readonly<Record<string, string>>
  readonly limits?: Partial<BridgeLimits>
}

/** A bridge in this process with real processes behind it. */
export class BridgeAtWork {
  readonly bridge: Bridge
  readonly log: readonly string[]

  private constructor(bridge: Bridge, log: readonly string[]) {
    this.bridge = bridge
    this.log = log
  }

  static async start(options: BridgeOptions = {}): Promise<BridgeAtWork> {
    const { mode = '', share = 'session', listens, idleMs = 60_000, secrets = {}, limits } = options
    const boot: BridgeBoot = {
      listen: { kind: 'tcp', host: '127.0.0.1', port: 0 },
      gateway: null,
      server:
        listens === undefined
          ? { command: [process.execPath, SERVER, mode], cwd: '/', env: {}, share }
          : listening(listens, share),
      idleMs,
    }
    const lines: string[] = []
    const bridge = await startBridge({
      boot,
      limits: { ...LIMITS, ...limits },
      secrets,
      mask: maskOf(Object.values(secrets)),
      log: { note: (op, fields, words) => void lines.push(`${op} ${JSON.stringify(fields)} ${words}`) },
      now: () => new Date(),
      newId: randomUUID,
    })
    return new BridgeAtWork(bridge, lines)
  }

  async session(principal = 'run1', capabilities: unknown = {}): Promise<Client> {
    const client = new Client(this.bridge.port, principal)
    await client.initialize(capabilities)
    return client
  }

  async health(): Promise<BridgeHealth> {
    return (await (await fetch(`http://127.0.0.1:${this.bridge.port}/healthz`)).json()) as BridgeHealth
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.bridge.close()
  }
}

function listening(
  { transport, port, mode }: NonNullable<BridgeOptions['listens']>,
  share: 'session' | 'all',
): BridgeBoot['server'] {
  const command = [process.execPath, LISTENING, transport, mode]
  return { command, cwd: '/', env: { PORT: `${port}` }, share, http: { transport, port, path: '/mcp' } }
}

export interface Rpc {
  readonly id?: unknown
  readonly method?: string
  readonly params?: Record<string, unknown>
  readonly result?: Record<string, unknown> & { readonly content?: readonly { readonly text: string }[] }
  readonly error?: { readonly code: number; readonly message: string; readonly data?: Record<string, unknown> }
}

/** One open answer of the bridge. */
export interface Answer {
  readonly status: number
  readonly type: string
  readonly sessionId: string | null
  /** What came, message by message; resolves at the end. */
  readonly messages: readonly Rpc[]
  readonly raw: string
  readonly eventIds: readonly string[]
}

export class Client {
  readonly #port: number
  readonly #principal: string
  sessionId: string | null = null
  #lastId = 0

  constructor(port: number, principal: string) {
    this.#port = port
    this.#principal = principal
  }

  async initialize(capabilities: unknown = {}): Promise<Answer> {
    const params = { protocolVersion: '2025-11-25', capabilities, clientInfo: { name: 'test', version: '1' } }
    const answer = await this.request('initialize', params)
    this.sessionId = answer.sessionId
    if (answer.status === 200) await this.post({ jsonrpc: '2.0', method: 'notifications/initialized' })
    return answer
  }

  request(method: string, params: unknown = {}, id: unknown = ++this.#lastId): Promise<Answer> {
    return this.post({ jsonrpc: '2.0', id, method, params })
  }

  /** The text of a tool's answer, or the error's words. */
  async call(name: string, args: unknown = {}, more: { id?: unknown; meta?: unknown } = {}): Promise<string> {
    const params = { name, arguments: args, ...(more.meta === undefined ? {} : { _meta: more.meta }) }
    const { messages } = await this.request('tools/call', params, more.id ?? ++this.#lastId)
    const last = messages.at(-1)
    return last?.result?.content?.[0]?.text ?? `error ${last?.error?.code}: ${last?.error?.message}`
  }

  post(body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    return this.open('POST', typeof body === 'string' ? body : JSON.stringify(body), headers).ended
  }

  delete(): Promise<Answer> {
    return this.open('DELETE', '').ended
  }

  /** An answer that is watched while it comes. */
  open(method: string, body: string, more: Record<string, string> = {}): OpenAnswer {
    const headers = {
      accept: 'application/json, text/event-stream',
      'content-type': 'application/json',
      'x-errand-principal': this.#principal,
      ...(this.sessionId === null ? {} : { 'mcp-session-id': this.sessionId }),
      ...more,
    }
    return new OpenAnswer({ port: this.#port, method, headers, body })
  }

  listen(lastEventId?: string): OpenAnswer {
    return this.open('GET', '', lastEventId === undefined ? {} : { 'last-event-id': lastEventId })
  }
}

export class OpenAnswer {
  readonly ended: Promise<Answer>
  readonly #close: () => void
  raw = ''

  constructor({ port, method, headers, body }: OpenParts) {
    const outgoing = request({ host: '127.0.0.1', port, path: '/mcp', method, headers, agent: false })
    this.#close = () => void outgoing.destroy()
    this.ended = new Promise<Answer>((resolve, reject) => {
      outgoing.once('error', (error) => reject(error))
      outgoing.once('response', (incoming) => {
        incoming.setEncoding('utf8')
        incoming.on('data', (part: string) => (this.raw += part))
        const done = (): void => {
          const sessionId = incoming.headers['mcp-session-id']
          resolve({
            status: incoming.statusCode ?? 0,
            type: incoming.headers['content-type'] ?? '',
            sessionId: typeof sessionId === 'string' ? sessionId : null,
            messages: this.messages,
            raw: this.raw,
            eventIds: this.eventIds,
          })
        }
        incoming.once('close', done)
      })
    })
    // Whoever breaks it off does not wait for its end.
    this.ended.catch(() => undefined)
    outgoing.end(body)
  }

  get messages(): readonly Rpc[] {
    const data = this.raw.startsWith('{')
      ? [this.raw]
      : [...this.raw.matchAll(/^data: (.+)$/gm)].map(([, text]) => text ?? '')
    return data.map((text) => JSON.parse(text) as Rpc)
  }

  get eventIds(): readonly string[] {
    return [...this.raw.matchAll(/^id: (.+)$/gm)].map(([, id]) => id ?? '')
  }

  close(): void {
    this.#close()
  }
}

interface OpenParts {
  readonly port: number
  readonly method: string
  readonly headers: Record<string, string>
  readonly body: string
}
