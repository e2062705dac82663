import type { Readable } from 'node:stream'
import type { ListMeta } from '../objects.ts'
import { type Kind, type Kinds, pathOf } from './kinds.ts'
import { KubeError } from './kubeError.ts'
import type { Requester } from './requester.ts'
import type { Selection } from './types.ts'

export interface Listed<K extends Kind> {
  readonly items: readonly Kinds[K][]
  /** As of which a watch goes on. */
  readonly version: string
}

interface Page<K extends Kind> {
  readonly metadata: ListMeta
  readonly items: readonly Kinds[K][]
}

const PAGE_SIZE = 500
/** Of a watch's own time: it should have ended, and has not. */
const SILENCE = 1.2

/** Page by page, and as of one moment: when the API has forgotten that moment on the way, all is read again. */
export async function listAll<K extends Kind>(
  requester: Requester,
  kind: K,
  selection: Selection,
  signal?: AbortSignal,
): Promise<Listed<K>> {
  const { namespace, ...selectors } = selection
  const items: Kinds[K][] = []
  let next: string | undefined
  for (;;) {
    const query = { ...selectors, limit: PAGE_SIZE, continue: next }
    try {
      const page: Page<K> = await requester.json({ verb: 'list', path: pathOf(kind, { namespace }), query, signal })
      items.push(...page.items)
      next = page.metadata.continue
      if (next === undefined || next === '') return { items, version: page.metadata.resourceVersion ?? '' }
    } catch (error) {
      const isForgotten = error instanceof KubeError && error.status === 410 && next !== undefined
      if (!isForgotten) throw error
      items.length = 0
      next = undefined
    }
  }
}

export interface WatchFrom extends Selection {
  readonly version: string
  readonly signal: AbortSignal
  readonly watchSeconds: number
}

/** The API ends it after `watchSeconds` and says something before; silence for longer is an error. */
export function openWatch(
  requester: Requester,
  kind: Kind,
  { namespace, labelSelector, fieldSelector, version, signal, watchSeconds }: WatchFrom,
): Promise<Readable> {
  return requester.stream({
    verb: 'watch',
    path: pathOf(kind, { namespace }),
    query: {
      labelSelector,
      fieldSelector,
      watch: true,
      allowWatchBookmarks: true,
      resourceVersion: version,
      timeoutSeconds: watchSeconds,
    },
    silenceMs: watchSeconds * 1000 * SILENCE,
    signal,
  })
}
