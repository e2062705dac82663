/** What the scripted model plays: one step for each answer. */
export interface Scenario {
  readonly steps: readonly Step[]
  /** Begin anew after the last step, for ever. Without it the model says that its script is over. */
  readonly isLoop?: boolean
}

export interface Step {
  /** Strings may hold `{{lastToolResult}}`, `{{cwd}}`, `{{planFile}}`, `{{uuid}}` and `{{step}}`. */
  readonly text?: string
  readonly thinking?: string
  readonly toolUse?: readonly { readonly name: string; readonly input: Readonly<Record<string, unknown>> }[]
  readonly stopReason?: string
  /** Fields of `usage` that differ from 100 tokens in and 20 out. */
  readonly usage?: Readonly<Record<string, unknown>>
  /** What the answer calls the model; as asked when absent. */
  readonly model?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Says the text this many times. */
  readonly repeat?: number
  readonly chunkChars?: number
  readonly chunkDelayMs?: number
  /** Before the first byte. */
  readonly delayMs?: number
  readonly error?: StepError
  /** How the stream breaks off, after so many chunks: the connection is cut, or it falls silent, or an error event comes. */
  readonly breaks?: { readonly how: 'cut' | 'stall' | 'error-event'; readonly afterChunks: number }
}

export type StepError =
  /** Answered `times` times, then the step plays; for ever when `times` is absent. */
  | {
      readonly status: number
      readonly type: string
      readonly message: string
      readonly headers?: Readonly<Record<string, string>>
      readonly times?: number
    }
  | { readonly reset: true; readonly times?: number }
