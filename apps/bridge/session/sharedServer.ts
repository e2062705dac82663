import type { BridgeDeps } from '../deps.ts'
import {
  type NotificationMessage,
  notificationText,
  type RequestMessage,
  requestOf,
  resultText,
  RPC,
  type RpcError,
  withId,
} from '../message/message.ts'
import { Link } from '../server/link.ts'
import type { Starts } from '../server/starter.ts'
import type { SharedSession } from './sharedSession.ts'

/** The newest revision that has sessions; a server answers with its own. */
const REVISION = '2025-11-25'

/** An initialised process, and how it answered. */
export interface Shared {
  readonly link: Link
  readonly initialized: string
}

/**
 * One process for all sessions. The bridge is its client and claims no abilities, so the server has nobody to ask and
 * nothing of one session can reach another: what it says to nobody in particular goes to all only where it says no more
 * than "look again".
 */
export class SharedServer {
  readonly sessions = new Set<SharedSession>()
  readonly #starter: Starts
  readonly #deps: BridgeDeps
  #current: Promise<Shared> | null = null
  #link: Link | null = null

  constructor(starter: Starts, deps: BridgeDeps) {
    this.#starter = starter
    this.#deps = deps
  }

  /** Starts it when it is not there. Rejects with `StartRefused` or an `SharedStartError`. */
  async ready(): Promise<Shared> {
    this.#current ??= this.#start().catch((error: unknown) => {
      this.#current = null
      throw error
    })
    return await this.#current
  }

  async stop(): Promise<void> {
    await this.#link?.stop()
  }

  #start(): Promise<Shared> {
    return new Promise<Shared>((resolve, reject) => {
      const link = new Link(
        this.#starter,
        {
          onUnrelated: (message) => this.#onUnrelated(link, message),
          onEnded: () => {
            this.#current = null
          },
        },
        this.#deps,
      )
      this.#link = link
      const fail = (error: RpcError): void => {
        clearTimeout(late)
        reject(new SharedStartError(error.message))
        void link.stop()
      }
      const seconds = Math.round(this.#deps.limits.startMs / 1000)
      const words = `The MCP server did not answer its first message within ${seconds} s.`
      const late = setTimeout(() => fail({ code: RPC.server, message: words }), this.#deps.limits.startMs)
      link.request(requestOf('initialize', CLIENT), {
        onReply: (text, { error }) => {
          if (error !== null) return fail({ code: RPC.server, message: `The MCP server refused to begin: ${text}` })
          clearTimeout(late)
          link.send(notificationText('notifications/initialized', {}))
          resolve({ link, initialized: text })
        },
        onRelated: () => undefined,
        onFailed: fail,
      })
    })
  }

  #onUnrelated(link: Link, message: RequestMessage | NotificationMessage): void {
    if (message.kind === 'request') {
      link.send(answerTo(message))
      return
    }
    if (/^notifications\/(tools|prompts|resources)\/list_changed$/.test(message.method)) {
      for (const session of this.sessions) session.push(message.text)
      return
    }
    if (message.method !== 'notifications/resources/updated') return
    const { uri } = message.params
    for (const session of this.sessions) if (session.isSubscribed(uri)) session.push(message.text)
  }
}

/** It started and did not become ready. */
export class SharedStartError extends Error {}

const CLIENT = {
  protocolVersion: REVISION,
  capabilities: {},
  clientInfo: { name: 'errand-bridge', version: '1' },
}

/** The server may ask whether we live. Anything else it would ask of one client, and we cannot know of which. */
function answerTo(message: RequestMessage): string {
  if (message.method === 'ping') return resultText(JSON.stringify(message.id), {})
  const error = { code: RPC.methodNotFound, message: 'This server is shared, so it can ask nothing of a client.' }
  return withId(JSON.stringify({ jsonrpc: '2.0', id: 0, error }), JSON.stringify(message.id))
}
