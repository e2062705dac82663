import { type Json, objectOf, textOf } from './json.ts'

type BlockKind = 'text' | 'thinking'

/**
 * Remembers which blocks were said piece by piece. Each block comes whole as well, once it is complete, and must not be
 * said twice. Sub-agents stream beside the agent, so each has its own message under way.
 */
export class StreamedBlocks {
  readonly #messageOf = new Map<string, string>()
  readonly #said = new Map<string, number>()
  readonly #openBlocks = new Set<string>()

  /** The piece of text in a raw event of the Messages API, if it holds one. */
  take(event: Json, parent: string | undefined): { kind: BlockKind; text: string } | null {
    const stream = parent ?? ''
    switch (event['type']) {
      case 'message_start':
        this.#messageOf.set(stream, textOf(objectOf(event['message'])['id']) ?? '')
        this.#openBlocks.delete(stream)
        return null
      case 'content_block_start':
        this.#openBlocks.delete(stream)
        return null
      case 'content_block_delta':
        return this.#takeDelta(objectOf(event['delta']), stream)
      default:
        return null
    }
  }

  /** Whether this block of a complete message was said already. Asked once for each block. */
  wasSaid(messageId: string, kind: BlockKind): boolean {
    const key = `${messageId} ${kind}`
    const left = this.#said.get(key) ?? 0
    if (left === 0) return false
    if (left === 1) this.#said.delete(key)
    else this.#said.set(key, left - 1)
    return true
  }

  #takeDelta(delta: Json, stream: string): { kind: BlockKind; text: string } | null {
    const kind = delta['type'] === 'text_delta' ? 'text' : 'thinking'
    const text = textOf(delta[kind])
    if (text === undefined || text === '') return null
    if (!this.#openBlocks.has(stream)) {
      this.#openBlocks.add(stream)
      const key = `${this.#messageOf.get(stream) ?? ''} ${kind}`
      this.#said.set(key, (this.#said.get(key) ?? 0) + 1)
    }
    return { kind, text }
  }
}
