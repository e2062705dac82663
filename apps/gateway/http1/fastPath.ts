import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import type { HttpReply, RequestHead } from '../call.ts'
import { FastReply } from './fastReply.ts'
import { readPlainRequest } from './plainRequest.ts'

/** A call whose body is there. */
export interface FastCall {
  readonly request: RequestHead
  readonly body: Buffer
  readonly reply: HttpReply
}

export interface FastPath {
  /** Takes a connection that nothing was read from. */
  connect(socket: Socket): void
  /** Closes those that rest at once, and the others when they are answered. */
  close(): void
  /** Cuts all. */
  cut(): void
}

interface Ways {
  /** Reads whatever is not plain, from where the fast path stopped. */
  readonly server: Server
  readonly take: (call: FastCall) => void
}

/** Nobody is asked to keep more for a request that has not its turn yet. */
const MAX_HELD_BYTES = 64 * 1024

/**
 * Answers plain calls of MCP over the connection itself, for less than what Node’s server takes for each. The first
 * thing that is not plain gives the connection to that server for good, with all that was not read: so there is one reading
 * of every request, and a fast one for the most frequent alone.
 */
export function fastPath({ server, take }: Ways): FastPath {
  const all = new Set<FastConnection>()
  let isClosing = false
  const own = {
    take,
    isClosing: () => isClosing,
    leave: (connection: FastConnection) => void all.delete(connection),
    handOver: (socket: Socket) => void server.emit('connection', socket),
    keepAliveMs: server.keepAliveTimeout,
  }
  return {
    connect: (socket) => void all.add(new FastConnection(socket, own)),
    close() {
      isClosing = true
      for (const connection of all) connection.closeWhenIdle()
    },
    cut() {
      for (const connection of all) connection.cut()
    },
  }
}

interface Own extends Pick<Ways, 'take'> {
  readonly isClosing: () => boolean
  readonly leave: (connection: FastConnection) => void
  readonly handOver: (socket: Socket) => void
  readonly keepAliveMs: number
}

class FastConnection {
  readonly #socket: Socket
  readonly #own: Own
  #held: Buffer | null = null
  #reply: FastReply | null = null
  /** Whoever does not read is answered no more. */
  #isFull = false

  constructor(socket: Socket, own: Own) {
    this.#socket = socket
    this.#own = own
    socket.on('data', this.#onData).on('end', this.#onEnd).on('error', ignore).on('close', this.#onClose)
    socket.setTimeout(own.keepAliveMs).on('timeout', this.#onTimeout)
  }

  closeWhenIdle(): void {
    if (this.#reply === null) this.#socket.destroy()
  }

  cut(): void {
    this.#socket.destroy()
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#held = this.#held === null ? chunk : Buffer.concat([this.#held, chunk])
    if (this.#reply === null && !this.#isFull) this.#next()
    else if (this.#held.length > MAX_HELD_BYTES) this.#socket.pause()
  }

  readonly #onEnd = (): void => void this.#socket.end()
  readonly #onClose = (): void => {
    this.#own.leave(this)
    // What was not begun is nobody’s any more.
    this.#held = null
    this.#reply?.gone()
  }
  readonly #onTimeout = (): void => {
    if (this.#reply === null) this.#socket.destroy()
  }

  #next(): void {
    if (this.#held === null) return
    const read = readPlainRequest(this.#held)
    if (read === 'unfinished') return
    if (read === 'other') return this.#handOver()
    this.#held = this.#held.length === read.bytes ? null : this.#held.subarray(read.bytes)
    const { url, headers, body } = read
    const socket = this.#socket
    this.#reply = new FastReply(socket, { keepAliveMs: this.#own.keepAliveMs, onEnd: this.#onAnswered })
    this.#own.take({ request: { method: 'POST', url, headers, socket }, body, reply: this.#reply })
  }

  /** `isPlain`: by the fast path. */
  readonly #onAnswered = (isPlain: boolean): void => {
    this.#reply = null
    if (this.#own.isClosing()) this.#socket.end()
    else if (!isPlain) this.#handOver()
    else if (this.#socket.writableNeedDrain) {
      this.#isFull = true
      this.#socket.once('drain', () => {
        this.#isFull = false
        this.#goOn()
      })
    } else this.#goOn()
  }

  #goOn(): void {
    if (this.#held === null) return
    this.#socket.resume()
    queueMicrotask(() => {
      if (this.#reply === null) this.#next()
    })
  }

  #handOver(): void {
    const socket = this.#socket
    this.#own.leave(this)
    socket.off('data', this.#onData).off('end', this.#onEnd).off('error', ignore).off('close', this.#onClose)
    socket.setTimeout(0).off('timeout', this.#onTimeout)
    socket.pause()
    if (this.#held !== null) socket.unshift(this.#held)
    this.#held = null
    this.#own.handOver(socket)
    socket.resume()
  }
}

function ignore(): void {
  // `close` says it.
}
