/** What is left of a line that is too long. */
export interface LongLine {
  readonly bytes: number
  readonly head: string
  readonly tail: string
}

export interface LineListener {
  onLine(line: string): void
  onLongLine(line: LongLine): void
}

const KEPT_BYTES = 4096
const LINE_FEED = 10

/**
 * Cuts a stream into lines. A line above the limit is never in memory: from there on it is counted and thrown away,
 * but for its two ends.
 */
export class Lines {
  readonly #maxBytes: number
  readonly #listener: LineListener
  #parts: Buffer[] = []
  #bytes = 0
  #long: { head: Buffer; tail: Buffer } | null = null

  constructor(maxBytes: number, listener: LineListener) {
    this.#maxBytes = maxBytes
    this.#listener = listener
  }

  push(chunk: Buffer): void {
    let from = 0
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, from)) {
      this.#add(chunk.subarray(from, end))
      this.#end()
      from = end + 1
    }
    if (from < chunk.length) this.#add(chunk.subarray(from))
  }

  /** What came without a line feed at the end of the stream. */
  end(): void {
    if (this.#bytes > 0) this.#end()
  }

  #add(part: Buffer): void {
    this.#bytes += part.length
    if (this.#long !== null) {
      this.#long.tail = endOf([this.#long.tail, part])
      return
    }
    this.#parts.push(part)
    if (this.#bytes <= this.#maxBytes) return
    this.#long = { head: startOf(this.#parts), tail: endOf(this.#parts) }
    this.#parts = []
  }

  #end(): void {
    const [parts, long, bytes] = [this.#parts, this.#long, this.#bytes]
    this.#parts = []
    this.#long = null
    this.#bytes = 0
    if (long !== null) {
      this.#listener.onLongLine({ bytes, head: long.head.toString(), tail: long.tail.toString() })
      return
    }
    const [only] = parts
    this.#listener.onLine((parts.length === 1 && only !== undefined ? only : Buffer.concat(parts)).toString())
  }
}

function startOf(parts: readonly Buffer[]): Buffer {
  return Buffer.concat(parts, Math.min(KEPT_BYTES, lengthOf(parts)))
}

function endOf(parts: readonly Buffer[]): Buffer {
  const kept: Buffer[] = []
  for (let i = parts.length - 1, bytes = 0; i >= 0 && bytes < KEPT_BYTES; i--) {
    const part = parts[i]
    if (part === undefined) continue
    kept.unshift(part)
    bytes += part.length
  }
  // A copy: a part of a chunk would hold all of it.
  return Buffer.from(Buffer.concat(kept).subarray(-KEPT_BYTES))
}

function lengthOf(parts: readonly Buffer[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0)
}
