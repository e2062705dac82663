import type { Logger } from '@errand/observe'
import type { KubeError } from './kubeError.ts'
import type { Kind, Kinds } from './kinds.ts'

export const VERBS = ['get', 'list', 'watch', 'create', 'apply', 'patch', 'delete', 'logs'] as const
export type Verb = (typeof VERBS)[number]

/** `namespace` is left out for what has none. */
export interface ObjectName {
  readonly namespace?: string
  readonly name: string
}

export interface Selection {
  /** Left out: everywhere. */
  readonly namespace?: string
  readonly labelSelector?: string
  readonly fieldSelector?: string
}

export interface DeleteOptions {
  /** What becomes of what the object owns. `Background`: it goes after it. `Foreground`: before. */
  readonly propagation?: 'Background' | 'Foreground' | 'Orphan'
  /** Seconds that its processes get. */
  readonly graceSeconds?: number
  /** Only this very object, not another of the same name. */
  readonly uid?: string
}

export interface WriteOptions {
  /** Checked as if, and not kept. */
  readonly isDryRun?: boolean
}

/** Called in order, once each for what it is at last; changes in between may be left out. */
export interface WatchHandlers<K extends Kind> {
  /** What is kept and told of it, for whoever hears of thousands: name, uid and version must stay. Else all of it. */
  readonly kept?: (object: Kinds[K]) => Kinds[K]
  /** It is new or is not as it was. */
  readonly changed: (object: Kinds[K]) => void
  /** It is gone; as it was last seen. */
  readonly deleted: (object: Kinds[K]) => void
}

/** What a selection holds, kept up to date. */
export interface Informer<K extends Kind> {
  /** Resolves when all of it was read for the first time, or it was closed. */
  readonly synced: Promise<void>
  items(): readonly Kinds[K][]
  /** Since when nothing is heard of the cluster, and why. Null: all is well. */
  trouble(): { readonly since: Date; readonly error: KubeError } | null
  close(): void
}

/**
 * The verbs of the Kubernetes API that Errand uses. Everything throws `KubeError`. What may be repeated without harm is,
 * for some seconds, when the API is busy, broken or away.
 */
export interface KubeClient {
  /** Null: there is none. */
  get<K extends Kind>(kind: K, name: ObjectName): Promise<Kinds[K] | null>
  /** All of them, page by page. */
  list<K extends Kind>(kind: K, selection?: Selection): Promise<readonly Kinds[K][]>
  /** 409 `AlreadyExists` when there is one of that name. */
  create<K extends Kind>(kind: K, object: Kinds[K], options?: WriteOptions): Promise<Kinds[K]>
  /** Server-side apply: there is one and it is like this. Takes fields over from others. */
  apply<K extends Kind>(kind: K, object: Kinds[K], options?: WriteOptions): Promise<Kinds[K]>
  /** A merge patch: null removes a field. */
  patch<K extends Kind>(kind: K, name: ObjectName, change: object): Promise<Kinds[K]>
  /** False: there was none (or, with a uid, another). */
  delete(kind: Kind, name: ObjectName, options?: DeleteOptions): Promise<boolean>
  /** What its container has printed; of the last lines, where so many are asked for. Null: no log (yet, or any more). */
  logs(namespace: string, pod: string, options?: LogOptions): Promise<string | null>
  watch<K extends Kind>(kind: K, selection: Selection, handlers: WatchHandlers<K>): Informer<K>
  /** Requests that went out since it was made, repeated ones too. */
  counts(): Readonly<Record<Verb, number>>
  /** Ends watches and connections. */
  close(): Promise<void>
}

export interface LogOptions {
  readonly tailLines?: number
  readonly container?: string
}

export interface KubeDeps {
  readonly log: Logger
  readonly now: () => Date
  readonly delay: (ms: number, options: { readonly signal: AbortSignal }) => Promise<void>
  /** 0 up to 1. */
  readonly random: () => number
  /** After so long a watch is begun anew. */
  readonly watchSeconds: number
}
