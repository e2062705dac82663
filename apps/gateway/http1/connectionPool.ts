import type { Duplex } from 'node:stream'
import { Arriving, type ArrivingAnswer } from './arriving.ts'
import { type Connection, connectionOver, type SentRequest } from './connection.ts'
import { resting } from './resting.ts'

/** Connections to one place, kept between requests. */
export interface ConnectionPool {
  /**
   * Sends one request, and gives its answer as far as the head. No limit on time or size: the signal ends it, and `destroy` of
   * its body. Throws what the dial throws; an error with the code `ECONNRESET` or `EPIPE` where the connection ended first, or
   * `ERR_BAD_ANSWER`: what was sent may have been read.
   */
  send(request: SentRequest, signal: AbortSignal): Promise<ArrivingAnswer>
  /** Cuts all that rest, and those under way. */
  close(): void
}

interface Place {
  /** `host`, or `host:port` where the port is not the scheme’s own. */
  readonly host: string
  readonly open: () => Promise<Duplex>
}

export function connectionPool({ host, open }: Place): ConnectionPool {
  const all = new Set<Connection>()
  const rested = resting()
  let isClosed = false
  const dial = async (): Promise<Connection> => {
    const connection: Connection = connectionOver(await open(), {
      host,
      onFree: (keepMs) => rested.add(connection, keepMs),
      onGone() {
        all.delete(connection)
        rested.remove(connection)
      },
    })
    all.add(connection)
    return connection
  }
  const sendOver = (connection: Connection, request: SentRequest, answer: Arriving) => {
    if (answer.isStopped || isClosed) {
      connection.destroy()
      answer.onError(closed())
      return
    }
    answer.comeOver(connection)
    try {
      connection.send(request, answer)
    } catch (error) {
      connection.destroy()
      answer.onError(asError(error))
    }
  }
  return {
    send(request, signal) {
      const answer = new Arriving(signal)
      const known = answer.isStopped ? null : rested.take()
      if (known !== null) sendOver(known, request, answer)
      else if (!answer.isStopped)
        dial().then(
          (connection) => sendOver(connection, request, answer),
          (error: unknown) => answer.onError(asError(error)),
        )
      return answer.head
    },
    close() {
      isClosed = true
      for (const connection of all) connection.destroy(closed())
    },
  }
}

function closed(): Error {
  return new Error('the gateway ends')
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error('the connection failed', { cause: error })
}
