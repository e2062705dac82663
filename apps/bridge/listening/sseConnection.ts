import type { IncomingMessage } from 'node:http'
import { http } from '../http/builtin.ts'
import { Lines, type LineListener } from '../server/lines.ts'
import type { StartedServer } from '../server/starter.ts'
import { LOOPBACK, whyGone } from './listeningServer.ts'

interface Place {
  readonly port: number
  readonly path: string
  /** How long it may take to say where messages go. */
  readonly startMs: number
}

interface Parts {
  readonly listener: LineListener
  readonly maxLineBytes: number
  readonly onAnswered: () => void
}

const MAX_WAITING_BYTES = 16 * 2 ** 20

/** One stream of an old server, and the address that it names for messages. They go there in order, one after another. */
export class SseConnection {
  readonly #place: Place
  readonly #parts: Parts
  readonly #closing = new AbortController()
  readonly #endpoint = Promise.withResolvers<string>()
  #broken: string | null = null
  #sending: Promise<void>
  #waitingBytes = 0
  #stream: IncomingMessage | null = null
  #isPaused = false

  constructor(place: Place, parts: Parts) {
    this.#place = place
    this.#parts = parts
    this.#sending = this.#endpoint.promise.then(() => undefined)
    this.#sending.catch(() => undefined)
  }

  /** Resolves when it is over, with the reason for sentences. */
  async run(server: StartedServer): Promise<string> {
    const { port, path, startMs } = this.#place
    const late = setTimeout(() => this.#break(`it named no address for messages in ${startMs / 1000} s`), startMs)
    this.#endpoint.promise.then(
      () => clearTimeout(late),
      () => clearTimeout(late),
    )
    try {
      const request = http().request({
        ...{ host: LOOPBACK, port, path, agent: false, signal: this.#closing.signal },
        headers: { accept: 'text/event-stream' },
      })
      request.end()
      const stream = await new Promise<IncomingMessage>((resolve, reject) => {
        request.once('response', resolve)
        request.on('error', reject)
      })
      if (stream.statusCode !== 200) return `it answered GET ${path} with ${stream.statusCode}`
      this.#stream = stream
      if (this.#isPaused) stream.pause()
      await this.#read(stream)
      return this.#broken ?? (await whyGone(server)).words
    } catch {
      return this.#broken ?? (await whyGone(server)).words
    }
  }

  /** False: too much waits already. */
  write(text: string): boolean {
    const bytes = Buffer.byteLength(text)
    if (this.#closing.signal.aborted || this.#waitingBytes + bytes > MAX_WAITING_BYTES) return false
    this.#waitingBytes += bytes
    const sent = this.#sending.then(() => this.#post(text))
    this.#sending = sent.finally(() => (this.#waitingBytes -= bytes))
    this.#sending.catch((error: unknown) => this.#break(String(error)))
    return true
  }

  pause(): void {
    this.#isPaused = true
    this.#stream?.pause()
  }

  resume(): void {
    this.#isPaused = false
    this.#stream?.resume()
  }

  close(): void {
    this.#closing.abort()
    this.#endpoint.reject(new Error('it is closed'))
  }

  #break(words: string): void {
    this.#broken ??= words
    this.close()
  }

  #read(stream: IncomingMessage): Promise<void> {
    const { listener, maxLineBytes } = this.#parts
    let event = 'message'
    let data: string[] = []
    const lines = new Lines(maxLineBytes, {
      onLine: (raw) => {
        const line = raw.replace(/\r$/, '')
        if (line.startsWith('event:')) event = line.slice(6).trim()
        else if (line.startsWith('data:')) data.push(line.slice(5).trimStart())
        if (line !== '') return
        // JSON holds its line ends escaped: those between its parts may go.
        if (data.length > 0) this.#onEvent(event, data.join(' '))
        event = 'message'
        data = []
      },
      onLongLine: ({ head, ...line }) => listener.onLongLine({ ...line, head: head.replace(/^data: ?/, '') }),
    })
    return new Promise((resolve, reject) => {
      stream.on('data', (chunk: Buffer) => lines.push(chunk))
      stream.once('end', resolve)
      stream.once('error', reject)
    })
  }

  #onEvent(event: string, data: string): void {
    if (event === 'message') return this.#parts.listener.onLine(data)
    if (event !== 'endpoint') return
    const origin = `http://${LOOPBACK}:${this.#place.port}`
    const address = URL.parse(data, origin + this.#place.path)
    // It may call itself as it likes; where it answers is known.
    if (address === null) return this.#break('it named no address for messages')
    this.#parts.onAnswered()
    this.#endpoint.resolve(`${address.pathname}${address.search}`)
  }

  async #post(text: string): Promise<void> {
    const path = await this.#endpoint.promise
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }
    const place = { host: LOOPBACK, port: this.#place.port, path, agent: false as const }
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const request = http().request({ ...place, method: 'POST', headers, signal: this.#closing.signal })
      request.once('response', resolve)
      request.on('error', reject)
      request.end(text)
    })
    answer.resume()
    const { statusCode = 0 } = answer
    if (statusCode >= 300) this.#break(`it refused a message with ${statusCode}`)
  }
}
