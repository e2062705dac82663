import type { Duplex } from 'node:stream'
import { EGRESS_FAULT_HEADER, FAULTS, type Fault } from '@errand/contracts'
import type { Reply } from '../call.ts'

const LINGER_MS = 2_000

/**
 * Says no in every place a program may look: the status line (all that most HTTP clients print of a refused
 * CONNECT), a header for programs, a body for people.
 */
export function writeEgressRefusal(reply: Reply, fault: Fault): void {
  const { http, words, remedy } = FAULTS[fault.code]
  const body = [words, fault.detail, remedy].filter((part) => part !== undefined).join(' ') + '\n'
  const phrase = statusPhrase(fault)
  const headers = {
    'content-type': 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    [EGRESS_FAULT_HEADER]: fault.code,
    connection: 'close',
  }
  if (reply.kind === 'tunnel') {
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
    endWith(reply.socket, `HTTP/1.1 ${http} ${phrase}\r\n${lines.join('')}\r\n${body}`)
    return
  }
  if (reply.response.headersSent) {
    reply.response.destroy()
    return
  }
  reply.response.writeHead(http, phrase, headers)
  reply.response.end(body)
}

/** A client that never closes its own side must not keep the connection; closing at once would lose the answer. */
function endWith(socket: Duplex, answer: string): void {
  if (!socket.writable) return
  socket.resume()
  socket.end(answer)
  const timer = setTimeout(() => socket.destroy(), LINGER_MS).unref()
  socket.once('close', () => clearTimeout(timer))
}

/** A status line is ASCII without control characters. */
function statusPhrase({ code, detail }: Fault): string {
  return `Refused by Errand: ${detail ?? FAULTS[code].words}`.replaceAll(/[^ -~]+/g, "'").slice(0, 200)
}
