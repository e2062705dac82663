import { mayBeDone, type McpCallOutcome, type McpCallToRecord } from '@errand/engine'
import type { OpenCall } from './callRecords.ts'

/** So many are remembered here; all are on record. */
const MAX_UNKNOWN = 10_000

/** One use of a tool, as its client marks it. Null: it marks none. */
type UseName = string | null

export function useNameOf({
  runId,
  server,
  toolUseId,
}: Pick<McpCallToRecord, 'runId' | 'server' | 'toolUseId'>): UseName {
  return toolUseId === null ? null : `${String(runId)} ${server} ${toolUseId}`
}

/** Calls of this process that go on, or of which nobody knows what they did: those that may not be sent once more. */
export function unknownCalls() {
  const open = new Map<string, OpenCall>()
  return {
    get: (use: UseName): OpenCall | undefined => (use === null ? undefined : open.get(use)),
    add(use: UseName, call: OpenCall): void {
      if (use === null) return
      open.set(use, call)
      if (open.size <= MAX_UNKNOWN) return
      const oldest = open.keys().next().value
      if (oldest !== undefined) open.delete(oldest)
    },
    settle(use: UseName, { code }: McpCallOutcome): void {
      if (!mayBeDone(code)) this.forget(use)
    },
    forget(use: UseName): void {
      if (use !== null) open.delete(use)
    },
  }
}
