import type { Duplex } from 'node:stream'
import { AnswerReader, type AnswerSink, BadAnswer } from './answerReader.ts'
import { cannotBeSent, fieldLine } from './fields.ts'
import { writeMessage } from './writeMessage.ts'

export interface SentRequest {
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** As a URL spells it: path and query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer | string | null
}

/** What waits for an answer. */
export interface Waiting extends AnswerSink {
  onError(error: Error): void
}

/** One connection that has no more than one request under way. */
export interface Connection {
  /** Throws, and sends nothing, when the request cannot be written as HTTP, or the connection has ended. */
  send(request: SentRequest, waiting: Waiting): void
  pause(): void
  resume(): void
  /** Cuts it. What waits hears of the error, and without one nothing more. */
  destroy(error?: Error): void
}

interface Life {
  /** The answer was read to its end; the connection may be used again for so long. */
  readonly onFree: (keepMs: number) => void
  /** It will answer nothing any more. Comes once. */
  readonly onGone: () => void
}

/** Speaks HTTP/1.1 to `host` over a socket that stands. */
export function connectionOver(socket: Duplex, { host, onFree, onGone }: Life & { readonly host: string }): Connection {
  let waiting: Waiting | null = null
  let isGone = false
  let isPaused = false
  const reader = new AnswerReader({
    onHead: (head) => waiting?.onHead(head),
    onData: (chunk) => waiting?.onData(chunk),
    onEnd() {
      const served = waiting
      waiting = null
      // What was answered before it was sent whole is still on its way.
      if (reader.keepMs === 0 || socket.writableLength > 0) leave(null)
      else if (!isGone) {
        setPaused(false)
        onFree(reader.keepMs)
      }
      served?.onEnd()
    },
  })
  const setPaused = (paused: boolean) => {
    if (paused === isPaused) return
    isPaused = paused
    if (paused) socket.pause()
    else socket.resume()
  }
  const leave = (error: Error | null) => {
    const left = waiting
    waiting = null
    if (!isGone) {
      isGone = true
      socket.destroy()
      onGone()
    }
    if (error !== null) left?.onError(error)
  }
  socket.on('data', (chunk: Buffer) => {
    try {
      reader.read(chunk)
    } catch (error) {
      leave(error instanceof Error ? error : new BadAnswer('it cannot be read', { cause: error }))
    }
  })
  const ended = () => leave(reader.end() ? null : brokenOff())
  socket.on('end', ended).on('close', ended)
  socket.on('error', leave)
  return {
    send(request, next) {
      if (isGone) throw brokenOff()
      const head = headText(request, host)
      waiting = next
      reader.begin()
      writeMessage(socket, head, request.body ?? '')
    },
    pause: () => setPaused(true),
    resume: () => setPaused(false),
    destroy: (error) => leave(error ?? null),
  }
}

function brokenOff(): Error {
  return Object.assign(new Error('the connection ended before the answer did'), { code: 'ECONNRESET' })
}

/** Said here, once: a second one would make two readings of where the request ends, or whose it is. */
const OWN = new Set(['host', 'connection', 'content-length', 'transfer-encoding', 'upgrade', 'expect', 'te', 'trailer'])

function headText({ method, path, headers, body }: SentRequest, host: string): string {
  let text = `${method} ${path} HTTP/1.1\r\nhost: ${host}\r\nconnection: keep-alive\r\n`
  for (const name in headers) {
    if (OWN.has(name.toLowerCase())) throw cannotBeSent(name)
    text += fieldLine(name, headers[name] ?? '')
  }
  if (body !== null) text += `content-length: ${Buffer.byteLength(body)}\r\n`
  else if (method !== 'GET') text += 'content-length: 0\r\n'
  return `${text}\r\n`
}
