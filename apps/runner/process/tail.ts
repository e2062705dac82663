/** Keeps the last part of what was printed, cut at a line where that is possible. */
export class Tail {
  readonly #maxChars: number
  #text = ''
  #isCut = false

  constructor(maxChars: number) {
    this.#maxChars = maxChars
  }

  add(text: string): void {
    this.#text += text
    if (this.#text.length <= this.#maxChars * 2) return
    this.#text = this.#text.slice(-this.#maxChars)
    this.#isCut = true
  }

  get text(): string {
    if (!this.#isCut && this.#text.length <= this.#maxChars) return this.#text
    const kept = this.#text.slice(-this.#maxChars)
    const line = kept.indexOf('\n')
    return `…\n${line >= 0 && line < 500 ? kept.slice(line + 1) : kept}`
  }

  get lastLine(): string {
    return this.#text.trimEnd().split('\n').at(-1)?.trim() ?? ''
  }
}
