import type { RunEvent } from '@errand/contracts'

export interface ModelUsage {
  readonly model: string
  readonly calls: number
  readonly inputTokens: number
  readonly outputTokens: number
  readonly cacheReadTokens: number
  readonly cacheWriteTokens: number
  readonly costUsd: number
  /** Calls whose price is not known: then the cost is a lower bound. */
  readonly unpricedCalls: number
}

export interface ModelCall {
  readonly seq: number
  readonly at: string
  readonly model: string
  /** All that went in, from the cache or not. */
  readonly inputTokens: number
  readonly outputTokens: number
  readonly costUsd: number | null
  readonly ms: number
}

export interface UsageSeen {
  readonly models: readonly ModelUsage[]
  /** The newest, newest first. */
  readonly calls: readonly ModelCall[]
}

const MAX_CALLS = 200

/** Tokens and cost by model, and the newest calls one by one. */
export class UsageFold {
  #models = new Map<string, ModelUsage>()
  #calls: ModelCall[] = []
  #shared: UsageSeen | null = null

  add({ seq, at, body }: RunEvent): void {
    if (body.type !== 'usage.metered') return
    const { model, ms, costUsd, inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens } = body
    const sum = this.#models.get(model)
    this.#models.set(model, {
      model,
      calls: (sum?.calls ?? 0) + 1,
      inputTokens: (sum?.inputTokens ?? 0) + inputTokens,
      outputTokens: (sum?.outputTokens ?? 0) + outputTokens,
      cacheReadTokens: (sum?.cacheReadTokens ?? 0) + cacheReadTokens,
      cacheWriteTokens: (sum?.cacheWriteTokens ?? 0) + cacheWriteTokens,
      costUsd: (sum?.costUsd ?? 0) + (costUsd ?? 0),
      unpricedCalls: (sum?.unpricedCalls ?? 0) + (costUsd === null ? 1 : 0),
    })
    const input = inputTokens + cacheReadTokens + cacheWriteTokens
    this.#calls.push({ seq, at, model, inputTokens: input, outputTokens, costUsd, ms })
    // Now and then, not with each call: shifting is a copy.
    if (this.#calls.length > MAX_CALLS * 2) this.#calls = this.#calls.slice(-MAX_CALLS)
    this.#shared = null
  }

  get seen(): UsageSeen {
    this.#shared ??= { models: [...this.#models.values()], calls: this.#calls.slice(-MAX_CALLS).toReversed() }
    return this.#shared
  }
}
