import { StringDecoder } from 'node:string_decoder'

/** Longer than any message that a client takes. */
const MAX_EVENT_CHARS = 32 * 1024 * 1024

/** Cuts a stream of events into whole ones, each with the empty line that ends it. */
export class SseEvents {
  readonly #decoder = new StringDecoder('utf8')
  #rest = ''

  /** The events that this chunk completes. Throws when one never ends. */
  add(chunk: Buffer): readonly string[] {
    this.#rest += this.#decoder.write(chunk)
    const events: string[] = []
    for (;;) {
      const end = /\r\n\r\n|\n\n|\r\r/.exec(this.#rest)
      if (end === null) break
      const cut = end.index + end[0].length
      events.push(this.#rest.slice(0, cut))
      this.#rest = this.#rest.slice(cut)
    }
    if (this.#rest.length > MAX_EVENT_CHARS) throw new Error('an event of the server does not end')
    return events
  }

  /** What is left when the stream ends in the middle of an event. */
  get rest(): string {
    return this.#rest
  }
}

export function dataOf(event: string): string {
  return event
    .split(/\r\n|\n|\r/)
    .filter((line) => line.startsWith('data:'))
    .map((line) => line.slice(line.startsWith('data: ') ? 6 : 5))
    .join('\n')
}

/** The same event with other data. */
export function withData(event: string, data: string): string {
  const others = event.split(/\r\n|\n|\r/).filter((line) => line !== '' && !line.startsWith('data:'))
  return `${[...others, `data: ${data}`].join('\n')}\n\n`
}
