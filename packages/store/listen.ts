import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from '@errand/observe'
import pg from 'pg'
import { isConnectionLost, unreachable } from './database.ts'

export interface Hearer {
  /** A NOTIFY arrived. The payload is an id: read the state it names. */
  readonly onPayload: (payload: string) => void
  /** The connection was away and is back: anything may have been notified meanwhile, so read everything again. */
  readonly onMissed: () => void
}

export interface Listener {
  /**
   * From the moment it resolves, every NOTIFY on the channel is heard or reported as missed: subscribe first, read the
   * state after it. Gives the way to stop hearing.
   */
  hear(channel: string, hearer: Hearer): Promise<() => void>
  /**
   * Whether this process has the lock of that name, which one has at a time; asks for it where it has not. It goes with the
   * connection: free the moment its process dies, and perhaps another's when the database was away.
   */
  hold(lock: string): Promise<boolean>
  close(): Promise<void>
}

export interface ListenerOptions {
  readonly url: string
  readonly log: Logger
  /** How often an idle connection is asked whether it still lives: a vanished host closes nothing. */
  readonly heartbeatMs?: number
}

const FIRST_WAIT_MS = 50
const LONGEST_WAIT_MS = 5_000
const ANSWER_MS = 10_000
/** A host that vanishes closes nothing: the server finds out, and lets its locks go, after 25 s and not after two hours. */
const VANISHES = 'set tcp_keepalives_idle = 10; set tcp_keepalives_interval = 5; set tcp_keepalives_count = 3'
const HOLD = 'select pg_try_advisory_lock(hashtextextended($1, 0)) as held'

/** Opens the one connection of this process that listens; all channels share it. Rejects when it cannot connect. */
export async function openListener({ url, log, heartbeatMs = 30_000 }: ListenerOptions): Promise<Listener> {
  const connection = new ListeningConnection(url, log, heartbeatMs)
  await connection.start()
  return connection
}

class ListeningConnection implements Listener {
  readonly #url: string
  readonly #log: Logger
  readonly #heartbeat: NodeJS.Timeout
  readonly #closing = new AbortController()
  readonly #hearers = new Map<string, Set<Hearer>>()
  #client: pg.Client | undefined
  #reconnected: Promise<void> = Promise.resolve()
  #asked: Promise<void> = Promise.resolve()
  /** Of locks. */
  readonly #holders = new Map<string, pg.Client>()

  constructor(url: string, log: Logger, heartbeatMs: number) {
    this.#url = url
    this.#log = log
    this.#heartbeat = setInterval(() => void this.#ask((client) => client.query('select 1')), heartbeatMs).unref()
  }

  async start(): Promise<void> {
    try {
      await this.#connect()
    } catch (error) {
      clearInterval(this.#heartbeat)
      throw isConnectionLost(error) ? unreachable(error) : error
    }
  }

  async hear(channel: string, hearer: Hearer): Promise<() => void> {
    const known = this.#hearers.get(channel)
    const hearers = known ?? new Set()
    hearers.add(hearer)
    this.#hearers.set(channel, hearers)
    await (known === undefined
      ? this.#ask((client) => client.query(`listen ${pg.escapeIdentifier(channel)}`))
      : this.#asked)
    return () => {
      hearers.delete(hearer)
      if (hearers.size > 0 || this.#hearers.get(channel) !== hearers) return
      this.#hearers.delete(channel)
      void this.#ask((client) => client.query(`unlisten ${pg.escapeIdentifier(channel)}`))
    }
  }

  async hold(lock: string): Promise<boolean> {
    if (this.#client !== undefined && this.#holders.get(lock) === this.#client) return true
    let isHeld = false
    await this.#ask(async (client) => {
      const { rows } = await client.query<{ held: boolean }>(HOLD, [lock])
      isHeld = rows[0]?.held === true
      if (isHeld) this.#holders.set(lock, client)
    })
    return isHeld
  }

  async close(): Promise<void> {
    clearInterval(this.#heartbeat)
    this.#closing.abort()
    await this.#hangUp()
    await this.#reconnected
  }

  async #hangUp(): Promise<void> {
    const client = this.#client
    this.#client = undefined
    await client?.end()
  }

  /**
   * Asks in turn, as pg wants it. A connection that does not answer as it should is dropped: the next one listens to
   * every channel that has a hearer and tells them that something may be missing.
   */
  #ask(ask: (client: pg.Client) => Promise<unknown>): Promise<void> {
    this.#asked = this.#asked.then(async () => {
      const client = this.#client
      if (client === undefined) return
      await ask(client).catch((error: unknown) => {
        this.#log.debug({ op: 'listen.ask', error }, 'the listening connection does not answer; making a new one')
        // Not end(): it would wait for the one that does not answer.
        client.connection.stream.destroy()
      })
    })
    return this.#asked
  }

  async #connect(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.#url,
      application_name: 'errand listener',
      connectionTimeoutMillis: ANSWER_MS,
      query_timeout: ANSWER_MS,
      keepAlive: true,
    })
    client.on('notification', ({ channel, payload }) => {
      for (const hearer of this.#hearers.get(channel) ?? []) this.#call(channel, () => hearer.onPayload(payload ?? ''))
    })
    client.on('error', (error) => this.#log.debug({ op: 'listen.disconnect', error }, 'the listening connection broke'))
    client.once('end', () => {
      if (this.#client !== client) return
      this.#client = undefined
      this.#reconnected = this.#reconnect()
    })
    try {
      await client.connect()
      await client.query(VANISHES)
      for (const channel of this.#hearers.keys()) await client.query(`listen ${pg.escapeIdentifier(channel)}`)
    } catch (error) {
      await client.end().catch(() => undefined)
      throw error
    }
    this.#client = client
  }

  async #reconnect(): Promise<void> {
    const { signal } = this.#closing
    for (let waitMs = FIRST_WAIT_MS; !signal.aborted; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
      await delay(waitMs, undefined, { signal, ref: false }).catch(() => undefined)
      if (signal.aborted) return
      try {
        await this.#connect()
        break
      } catch (error) {
        this.#log.warn({ op: 'listen.reconnect', error, waitMs }, 'the listening connection does not come back yet')
      }
    }
    // Closed while this connection was being made.
    if (signal.aborted) return this.#hangUp()
    this.#log.info({ op: 'listen.reconnect' }, 'the listening connection is back')
    for (const [channel, hearers] of this.#hearers) {
      for (const hearer of hearers) this.#call(channel, () => hearer.onMissed())
    }
  }

  /** A hearer that throws must not keep the others from hearing. */
  #call(channel: string, hear: () => void): void {
    try {
      hear()
    } catch (error) {
      this.#log.error({ op: 'listen.hear', channel, error }, 'a listener failed')
    }
  }
}
