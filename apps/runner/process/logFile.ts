import { type FileHandle, open } from 'node:fs/promises'

/**
 * A log that is written now and sent as an artifact later, through the same descriptor, so that what the agent does to
 * its name changes nothing. Stops at its limit and says so in its last line.
 */
export class LogFile {
  readonly name: string
  readonly file: FileHandle
  readonly #maxBytes: number
  #bytes = 0
  #isFull = false
  #writing: Promise<unknown> = Promise.resolve()
  #failure: unknown = null

  private constructor(name: string, file: FileHandle, maxBytes: number) {
    this.name = name
    this.file = file
    this.#maxBytes = maxBytes
  }

  static async open(path: string, { name, maxBytes }: { name: string; maxBytes: number }): Promise<LogFile> {
    return new LogFile(name, await open(path, 'wx+', 0o600), maxBytes)
  }

  get isEmpty(): boolean {
    return this.#bytes === 0
  }

  write(chunk: string | Buffer): void {
    if (this.#isFull) return
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk
    this.#bytes += bytes.length
    this.#isFull = this.#bytes > this.#maxBytes - 200
    const kept = this.#isFull
      ? Buffer.from('\n… the log is cut here: it reached the size limit of an artifact.\n')
      : bytes
    this.#writing = this.#writing
      .then(() => this.file.appendFile(kept))
      .catch((error: unknown) => (this.#failure = error))
  }

  /** Resolves when all is on disk, with what went wrong on the way, or null. */
  async settled(): Promise<unknown> {
    await this.#writing
    return this.#failure
  }
}
