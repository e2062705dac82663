import type { Connection } from './connection.ts'

/** Connections that were answered and may be used again, each for its time. */
export interface Resting {
  add(connection: Connection, keepMs: number): void
  /** One that still stands, of the youngest: the others get old. */
  take(): Connection | null
  /** It has ended by itself. */
  remove(connection: Connection): void
}

const LOOK_EVERY_MS = 1_000

export function resting(): Resting {
  let all: { readonly connection: Connection; readonly until: number }[] = []
  let timer: NodeJS.Timeout | null = null
  const lookForOld = () => {
    const at = performance.now()
    const old = all.filter(({ until }) => until <= at)
    all = all.filter(({ until }) => until > at)
    timer = all.length === 0 ? null : setTimeout(lookForOld, LOOK_EVERY_MS).unref()
    for (const { connection } of old) connection.destroy()
  }
  return {
    add(connection, keepMs) {
      all.push({ connection, until: performance.now() + keepMs })
      timer ??= setTimeout(lookForOld, LOOK_EVERY_MS).unref()
    },
    take() {
      for (let last = all.pop(); last !== undefined; last = all.pop()) {
        if (last.until > performance.now()) return last.connection
        last.connection.destroy()
      }
      return null
    },
    remove(connection) {
      all = all.filter((one) => one.connection !== connection)
    },
  }
}
