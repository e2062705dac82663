import type { Answer, ControlAnswer, RunnerEvent } from '@errand/contracts'
import type { Clock } from '../clock.ts'

export type Question = Omit<Extract<RunnerEvent, { type: 'question.asked' }>, 'type' | 'expiresAt'>

export type Word =
  | { readonly kind: 'answered'; readonly answer: Answer; readonly note: string | null }
  | { readonly kind: 'expired' }

interface Deps {
  readonly clock: Clock
  readonly emit: (event: RunnerEvent) => void
  /** Whether anything waits for a person now. */
  readonly onWaiting: (isWaiting: boolean) => void
}

/**
 * Questions of the agent to a person. They are asked in the run's log, and answered or expired there; nothing but the
 * log decides, so a question that nobody has settled waits, whatever the clock here says.
 */
export class Questions {
  readonly #deps: Deps
  readonly #open = new Map<string, (word: Word) => void>()
  #isRunWaiting = false

  constructor(deps: Deps) {
    this.#deps = deps
  }

  ask(question: Question, answerMs: number): Promise<Word> {
    const { clock, emit } = this.#deps
    return new Promise((resolve) => {
      this.#open.set(question.id, resolve)
      emit({ type: 'question.asked', ...question, expiresAt: new Date(clock.now() + answerMs).toISOString() })
      this.#tell()
    })
  }

  /** The agent no longer wants to know. */
  withdraw(id: string): void {
    this.#open.delete(id)
    this.#tell()
  }

  /** May be told the same again. */
  hear({ answers = [], expired = [], waiting = false }: ControlAnswer): void {
    for (const { id, answer, note } of answers) this.#settle(id, { kind: 'answered', answer, note: note ?? null })
    for (const id of expired) this.#settle(id, { kind: 'expired' })
    this.#isRunWaiting = waiting
    this.#tell()
  }

  #settle(id: string, word: Word): void {
    this.#open.get(id)?.(word)
    this.#open.delete(id)
  }

  /** The gateway asks as well, for hosts, and only it knows. */
  #tell(): void {
    this.#deps.onWaiting(this.#open.size > 0 || this.#isRunWaiting)
  }
}
