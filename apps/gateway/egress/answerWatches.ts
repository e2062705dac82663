import { Fault } from '@errand/contracts'
import type { HostQuestion, HostWord, RunFeed } from '@errand/engine'
import { watchGrowth } from '../watchGrowth.ts'

/** A notification can be missed; then this is how late an answer is seen. */
const LOOK_EVERY_MS = 15_000

export interface Asked {
  readonly run: HostQuestion['run']
  readonly questionId: string
}

interface Deps<A extends Asked> {
  readonly read: (asked: A) => Promise<HostWord>
  readonly feed: Pick<RunFeed, 'subscribe'>
  /** How often it is looked without anything in the log, where an answer may come from elsewhere. */
  readonly everyMs?: number
}

interface Watch {
  readonly word: Promise<HostWord>
  readonly stop: AbortController
  waiters: number
}

/** Waits for answers in the logs of runs. One look serves everybody who waits for the same one. */
export class AnswerWatches<A extends Asked = Asked> {
  readonly #deps: Deps<A>
  readonly #watches = new Map<string, Watch>()

  constructor(deps: Deps<A>) {
    this.#deps = deps
  }

  /** The word that settled the question. Throws when the caller goes away or the gateway stops. */
  async join(asked: A, signal: AbortSignal): Promise<HostWord> {
    const watch = this.#watches.get(asked.questionId) ?? this.#open(asked)
    watch.waiters++
    const gone = Promise.withResolvers<never>()
    const leave = () => gone.reject(signal.reason instanceof Fault ? signal.reason : new Fault('service.stopping'))
    signal.addEventListener('abort', leave, { once: true })
    if (signal.aborted) leave()
    try {
      return await Promise.race([watch.word, gone.promise])
    } finally {
      signal.removeEventListener('abort', leave)
      watch.waiters--
      if (watch.waiters === 0) watch.stop.abort()
    }
  }

  #open(asked: A): Watch {
    const { questionId } = asked
    const stop = new AbortController()
    const watch: Watch = { word: this.#untilSettled(asked, stop.signal), stop, waiters: 0 }
    this.#watches.set(questionId, watch)
    const forget = () => {
      if (this.#watches.get(questionId) === watch) this.#watches.delete(questionId)
    }
    stop.signal.addEventListener('abort', forget, { once: true })
    // How it ended is told to those who wait; with the last of them gone nobody is left to be told.
    watch.word.then(forget, forget)
    return watch
  }

  async #untilSettled(asked: A, signal: AbortSignal): Promise<HostWord> {
    const { read, feed, everyMs = LOOK_EVERY_MS } = this.#deps
    const growth = watchGrowth(asked.run.runId, signal, feed)
    try {
      for (;;) {
        const word = await read(asked)
        if (word.kind !== 'asked' || signal.aborted) return word
        await growth.next(everyMs)
      }
    } finally {
      growth.close()
    }
  }
}
