import type { RunFaultCode, RunnerEvent, StepName } from '@errand/contracts'
import type { Clock } from '../clock.ts'
import { type TextStream, TextStreams } from './textStreams.ts'

/** Ends a step, and the run, for a reason that a person can read. */
export class StepFailed extends Error {
  readonly code: RunFaultCode
  readonly detail: string

  constructor(code: RunFaultCode, detail: string) {
    super(detail)
    this.code = code
    this.detail = detail
  }
}

/** What happens, said in order: the one way from any part of the runner into the run's log. */
export class Recorder {
  readonly #texts: TextStreams
  readonly #clock: Clock
  readonly #send: (event: RunnerEvent) => void

  constructor(clock: Clock, send: (event: RunnerEvent) => void) {
    this.#clock = clock
    this.#send = send
    this.#texts = new TextStreams(clock, send)
  }

  emit(event: RunnerEvent): void {
    this.#texts.flush()
    this.#send(event)
  }

  append(stream: TextStream, text: string): void {
    this.#texts.append(stream, text)
  }

  note(level: 'info' | 'warn', words: string, code?: RunFaultCode): void {
    this.emit({ type: 'note.raised', level, words, ...(code === undefined ? {} : { code }) })
  }

  /** Times one step. `work` returns what to say about it and whether it went well; what it throws fails the step and passes on. */
  async step<T extends { readonly detail?: string; readonly isOk?: boolean }>(
    step: StepName,
    work: () => Promise<T>,
  ): Promise<T> {
    const startedAt = this.#clock.now()
    const finish = (ok: boolean, detail: string | undefined): void =>
      this.emit({
        type: 'step.finished',
        step,
        ok,
        ms: this.#clock.now() - startedAt,
        ...(detail === undefined ? {} : { detail }),
      })
    this.emit({ type: 'step.started', step })
    try {
      const done = await work()
      finish(done.isOk ?? true, done.detail)
      return done
    } catch (error) {
      finish(false, error instanceof StepFailed ? error.detail : undefined)
      throw error
    }
  }

  /** Sends on what is still being put together. */
  flush(): void {
    this.#texts.flush()
  }
}
