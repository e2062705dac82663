import { Pool } from 'undici'

/** How long a provider may think before the first byte of an answer that is not streamed. */
const HEADERS_TIMEOUT_MS = 15 * 60_000

export interface Upstreams {
  /** The pool of connections to an origin (`https://host:port`), made at its first use. */
  get(origin: string): Pool
  close(): Promise<void>
}

/**
 * Connections to model providers, kept alive between calls. undici's own limit on silence inside a body is off: an
 * answer may pause for minutes, and the forwarder has a limit of its own.
 */
export function createUpstreams(): Upstreams {
  const pools = new Map<string, Pool>()
  return {
    get(origin) {
      const known = pools.get(origin)
      if (known !== undefined) return known
      const pool = new Pool(origin, {
        bodyTimeout: 0,
        headersTimeout: HEADERS_TIMEOUT_MS,
        connect: { timeout: 15_000 },
        keepAliveTimeout: 30_000,
        connections: 256,
      })
      pools.set(origin, pool)
      return pool
    },
    async close() {
      await Promise.all([...pools.values()].map((pool) => pool.destroy()))
      pools.clear()
    },
  }
}
