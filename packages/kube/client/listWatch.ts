import type { Readable } from 'node:stream'
import type { ListMeta, ObjectMeta, Status } from '../objects.ts'
import type { Kind, Kinds } from './kinds.ts'
import { KubeError } from './kubeError.ts'
import type { Listed } from './reading.ts'
import { readJsonLines } from './readJsonLines.ts'
import type { Informer, KubeDeps, WatchHandlers } from './types.ts'

export interface ListWatchParts<K extends Kind> {
  /** In the log. */
  readonly what: string
  readonly handlers: WatchHandlers<K>
  readonly deps: KubeDeps
  /** When it is closed at the latest. */
  readonly until: AbortSignal
  readonly list: (signal: AbortSignal) => Promise<Listed<K>>
  /** What happens after that version. Ends by itself after some time, and fails when nothing comes for longer. */
  readonly watch: (version: string, signal: AbortSignal) => Promise<Readable>
}

type WatchEvent<K extends Kind> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: Kinds[K] }
  | { readonly type: 'BOOKMARK'; readonly object: { readonly metadata: ListMeta } }
  | { readonly type: 'ERROR'; readonly object: Status }

const LONGEST_PAUSE_MS = 5_000
/** In a row, without a word in between: the version itself may be what is wrong. */
const FAILURES_UNTIL_RELIST = 3

/**
 * Lists, then watches from there, for ever: goes on after the last version it heard of when a watch ends or breaks,
 * lists again when the API has forgotten that version.
 */
export class ListWatch<K extends Kind> implements Informer<K> {
  readonly synced: Promise<void>
  readonly #parts: ListWatchParts<K>
  readonly #items = new Map<string, Kinds[K]>()
  readonly #closing = new AbortController()
  readonly #closed: AbortSignal
  readonly #markSynced: () => void
  #version: string | null = null
  #failures = 0
  /** The API asked for so much. */
  #quietMs = 0
  #trouble: { readonly since: Date; readonly error: KubeError } | null = null

  constructor(parts: ListWatchParts<K>) {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.synced = promise
    this.#markSynced = resolve
    this.#parts = parts
    this.#closed = AbortSignal.any([parts.until, this.#closing.signal])
    void this.#run().finally(resolve)
  }

  items(): readonly Kinds[K][] {
    return [...this.#items.values()]
  }

  trouble(): { readonly since: Date; readonly error: KubeError } | null {
    return this.#trouble
  }

  close(): void {
    this.#closing.abort(new Error('the watch is closed'))
  }

  async #run(): Promise<void> {
    while (!this.#closed.aborted) {
      try {
        await this.#pause()
        this.#version ??= await this.#relist()
        await this.#follow(this.#version)
      } catch (error) {
        if (!this.#closed.aborted) this.#note(error)
      }
    }
  }

  /** None after a watch that had something to say: then it ended as watches do. */
  async #pause(): Promise<void> {
    const { random, delay } = this.#parts.deps
    const longest = Math.min(50 * 2 ** this.#failures, LONGEST_PAUSE_MS)
    const pause = Math.max(longest * (0.5 + random() / 2), this.#quietMs)
    if (this.#failures > 0) await delay(pause, { signal: this.#closed })
    this.#failures++
  }

  async #relist(): Promise<string> {
    const { items: all, version } = await this.#parts.list(this.#closed)
    const items = all.map((item) => this.#kept(item))
    const there = new Set(items.map(keyOf))
    for (const [key, item] of this.#items) if (!there.has(key)) this.#remove(item)
    for (const item of items) this.#put(item)
    this.#wellAgain()
    this.#markSynced()
    return version
  }

  async #follow(version: string): Promise<void> {
    const stream = await this.#parts.watch(version, this.#closed)
    this.#wellAgain()
    // What the API sends is what its version says it sends.
    await readJsonLines(stream, (event) => this.#take(event as WatchEvent<K>))
  }

  #take(event: WatchEvent<K>): void {
    if (event.type === 'ERROR') throw asError(this.#parts.what, event.object)
    if (event.type === 'DELETED') this.#remove(this.#kept(event.object))
    else if (event.type !== 'BOOKMARK') this.#put(this.#kept(event.object))
    this.#version = event.object.metadata?.resourceVersion ?? this.#version
    this.#failures = 0
  }

  #kept(item: Kinds[K]): Kinds[K] {
    return this.#parts.handlers.kept?.(item) ?? item
  }

  #put(item: Kinds[K]): void {
    const before = this.#items.get(keyOf(item))
    if (before?.metadata?.resourceVersion === item.metadata?.resourceVersion && before !== undefined) return
    // Another of the same name: the one we knew went unseen.
    if (before !== undefined && before.metadata?.uid !== item.metadata?.uid) this.#remove(before)
    this.#items.set(keyOf(item), item)
    this.#tell(this.#parts.handlers.changed, item)
  }

  #remove(item: Kinds[K]): void {
    if (this.#items.delete(keyOf(item))) this.#tell(this.#parts.handlers.deleted, item)
  }

  #tell(handler: (item: Kinds[K]) => void, item: Kinds[K]): void {
    try {
      handler(item)
    } catch (error) {
      const { what, deps } = this.#parts
      deps.log.error({ op: 'kube.watch', ok: false, what, object: keyOf(item), error }, 'a change was not taken in')
    }
  }

  #note(error: unknown): void {
    const { what, deps } = this.#parts
    const known = error instanceof KubeError ? error : asError(what, { message: String(error) }, error)
    const isForgotten = known.status === 410
    this.#quietMs = Math.min(known.retryAfterMs, LONGEST_PAUSE_MS)
    if (isForgotten || this.#failures >= FAILURES_UNTIL_RELIST) this.#version = null
    if (isForgotten || this.#trouble !== null) return
    this.#trouble = { since: deps.now(), error: known }
    deps.log.warn({ op: 'kube.watch', ok: false, what, error: known }, 'the cluster is not heard')
  }

  #wellAgain(): void {
    this.#quietMs = 0
    if (this.#trouble === null) return
    const { what, deps } = this.#parts
    const ms = deps.now().getTime() - this.#trouble.since.getTime()
    this.#trouble = null
    deps.log.info({ op: 'kube.watch', ok: true, what, ms }, 'the cluster is heard again')
  }
}

function keyOf({ metadata }: { readonly metadata?: ObjectMeta }): string {
  return `${metadata?.namespace ?? ''}/${metadata?.name ?? ''}`
}

function asError(what: string, { code = 0, reason = 'WatchBroken', message = '' }: Status, cause?: unknown): KubeError {
  return new KubeError(what, { status: code, reason, message, cause })
}
