import type { BridgeDeps } from '../deps.ts'
import type { Exchange } from '../http/exchange.ts'
import type { KeepAlive } from '../http/keepAlive.ts'
import type { RequestMessage } from '../message/message.ts'
import type { Starts } from '../server/starter.ts'
import { OwnSession } from './ownSession.ts'
import type { Session } from './session.ts'
import { SharedServer } from './sharedServer.ts'
import { SharedSession } from './sharedSession.ts'

/** More sessions than this bridge may have, and all of them are in use. */
export class TooManySessions extends Error {}

/** All sessions. One that is not used is closed after a while, or earlier when its place is needed. */
export class Sessions {
  readonly #sessions = new Map<string, Session>()
  readonly #deps: BridgeDeps
  readonly #starter: Starts
  readonly #keepAlive: KeepAlive
  readonly #shared: SharedServer | null

  constructor(starter: Starts, keepAlive: KeepAlive, deps: BridgeDeps) {
    this.#starter = starter
    this.#keepAlive = keepAlive
    this.#deps = deps
    this.#shared = deps.boot.server.share === 'all' ? new SharedServer(starter, deps) : null
  }

  get size(): number {
    return this.#sessions.size
  }

  /** Begins a session with its first message. Throws `StartRefused` or `TooManySessions`. */
  open(message: RequestMessage, exchange: Exchange): void {
    this.#makePlace()
    const { principal } = exchange
    const parts = { id: this.#deps.newId(), principal, keepAlive: this.#keepAlive }
    if (this.#shared !== null) {
      const session = new SharedSession({ ...parts, server: this.#shared })
      this.#sessions.set(session.id, session)
      session.call(message, exchange)
      return
    }
    const onEnded = (): void => void this.#sessions.delete(parts.id)
    const session = new OwnSession({ ...parts, starter: this.#starter, deps: this.#deps, onEnded })
    this.#sessions.set(session.id, session)
    session.initialize(message, exchange)
  }

  /** Its own principal's alone: to all others a session is unknown. */
  find(id: string, principal: string): Session | null {
    const session = this.#sessions.get(id)
    return session?.principal === principal ? session : null
  }

  async close(session: Session): Promise<void> {
    this.#sessions.delete(session.id)
    await session.close()
  }

  /** Closes what nobody has used for `idleMs`. */
  reap(idleMs: number): void {
    const since = this.#keepAlive.now() - idleMs
    for (const session of this.#sessions.values()) {
      if (!session.isInUse && session.usedAt <= since) void this.close(session)
    }
  }

  async closeAll(): Promise<void> {
    await Promise.all([...this.#sessions.values()].map((session) => this.close(session)))
    await this.#shared?.stop()
  }

  #makePlace(): void {
    if (this.#sessions.size < this.#deps.limits.sessions) return
    const idle = [...this.#sessions.values()]
      .filter((session) => !session.isInUse)
      .toSorted((a, b) => a.usedAt - b.usedAt)[0]
    if (idle === undefined) {
      throw new TooManySessions(`This MCP server has ${this.#sessions.size} sessions in use, as many as it may.`)
    }
    void this.close(idle)
  }
}
