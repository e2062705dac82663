import { type IncomingMessage, ServerResponse, STATUS_CODES } from 'node:http'
import type { HttpReply, WholeAnswer } from '../call.ts'
import { fieldLine } from './fields.ts'
import { writeMessage } from './writeMessage.ts'

interface ReplyWays {
  readonly keepAliveMs: number
  readonly onEnd: (isPlain: boolean) => void
}

/** Writes an answer of the fast path. */
export class FastReply implements HttpReply {
  readonly kind = 'http'
  readonly #request: IncomingMessage
  readonly #ways: ReplyWays
  #response: ServerResponse | null = null
  #isOver = false
  #onGone: () => void = ignore

  constructor(request: IncomingMessage, ways: ReplyWays) {
    this.#request = request
    this.#ways = ways
  }

  /** For an answer that is no whole one: Node’s own writes it, and its server has the connection afterwards. */
  get response(): ServerResponse {
    this.#response ??= this.#open()
    return this.#response
  }

  whole({ status, headers, body }: WholeAnswer): void {
    const { socket } = this.#request
    let text = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n`
    for (const name in headers) text += fieldLine(name, headers[name] ?? '')
    const mayHaveBody = status !== 204 && status !== 304
    if (mayHaveBody) text += `content-length: ${Buffer.byteLength(body)}\r\n`
    text += `date: ${dateNow()}\r\nconnection: keep-alive\r\nkeep-alive: timeout=${Math.floor(this.#ways.keepAliveMs / 1000)}\r\n\r\n`
    writeMessage(socket, text, mayHaveBody ? body : '')
    this.#isOver = true
    this.#ways.onEnd(true)
  }

  onGone(listener: () => void): void {
    this.#onGone = listener
  }

  /** The connection has ended. */
  gone(): void {
    if (!this.#isOver) this.#onGone()
  }

  #open(): ServerResponse {
    const { socket } = this.#request
    const response = new ServerResponse(this.#request)
    response.assignSocket(socket)
    const drained = () => void response.emit('drain')
    socket.on('drain', drained)
    response.once('finish', () => {
      this.#isOver = true
      socket.off('drain', drained)
      response.detachSocket(socket)
      response.emit('close')
      this.#ways.onEnd(false)
    })
    return response
  }
}

const dateNow = (() => {
  let last = { second: 0, text: '' }
  return (): string => {
    const second = Math.floor(Date.now() / 1000)
    if (last.second !== second) last = { second, text: new Date(second * 1000).toUTCString() }
    return last.text
  }
})()

function ignore(): void {
  // Nobody wants to know.
}
