import { type OutgoingHttpHeaders, type ServerResponse, STATUS_CODES } from 'node:http'
import type { HttpReply, Reply } from './call.ts'

export interface JsonAnswer {
  readonly status: number
  readonly headers?: OutgoingHttpHeaders
  readonly body: unknown
}

/** Writes a whole JSON answer, unless one was begun already: then the connection is cut, so that nobody takes half an answer for a whole one. */
export function writeJson(reply: Reply, { status, headers = {}, body }: JsonAnswer): void {
  const text = JSON.stringify(body)
  const all = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text), ...headers }
  if (reply.kind === 'tunnel') {
    if (!reply.socket.writable) return
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${String(value)}\r\n`)
    reply.socket.end(
      `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nconnection: close\r\n${lines.join('')}\r\n${text}`,
    )
    return
  }
  const { response } = reply
  if (response.headersSent) {
    response.destroy()
    return
  }
  response.writeHead(status, all)
  response.end(text)
}

/** With its head it is one text, and so one piece for the system. */
const SHORT_BYTES = 8 * 1024

/** What came over Node's own server is answered there. */
export function replyOver(response: ServerResponse): HttpReply {
  return {
    kind: 'http',
    response,
    whole({ status, headers, body }) {
      response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) })
      if (typeof body !== 'string' && body.length <= SHORT_BYTES) response.end(body.toString('latin1'), 'latin1')
      else response.end(body)
    },
    onGone(listener) {
      response.once('close', () => {
        if (!response.writableFinished) listener()
      })
    },
  }
}
