import { IncomingMessage, ServerResponse, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
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
  readonly #socket: Socket
  readonly #ways: ReplyWays
  #response: ServerResponse | null = null
  #isOver = false
  #onGone: () => void = ignore

  constructor(socket: Socket, ways: ReplyWays) {
    this.#socket = socket
    this.#ways = ways
  }

  /** For an answer that is no whole one: Node’s own writes it, and its server has the connection afterwards. */
  get response(): ServerResponse {
    this.#response ??= this.#open()
    return this.#response
  }

  whole({ status, headers, body }: WholeAnswer): void {
    let text = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n`
    for (const name in headers) text += fieldLine(name, headers[name] ?? '')
    const mayHaveBody = status !== 204 && status !== 304
    if (mayHaveBody) text += `content-length: ${Buffer.byteLength(body)}\r\n`
    text += `date: ${dateNow()}\r\nconnection: keep-alive\r\nkeep-alive: timeout=${Math.floor(this.#ways.keepAliveMs / 1000)}\r\n\r\n`
    writeMessage(this.#socket, text, mayHaveBody ? body : '')
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
    const socket = this.#socket
    const response = new ServerResponse(plainPost(socket))
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

/** As far as it says how it is to be answered. */
function plainPost(socket: Socket): IncomingMessage {
  const request = new IncomingMessage(socket)
  request.method = 'POST'
  request.httpVersionMajor = 1
  request.httpVersionMinor = 1
  return request
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
