import { mayBeDone, type McpCallOutcome, type McpCallToRecord } from '@errand/engine'
import type { OpenCall } from './callRecords.ts'

/** So many are remembered here; all are on record. */
const MAX_UNKNOWN = 10_000

type Use = Pick<McpCallToRecord, 'runId' | 'server' | 'toolUseId'>

/** Calls of this process that go on, or of which nobody knows what they did: those that may not be sent once more. */
export function unknownCalls() {
  const open = new Map<string, OpenCall>()
  const nameOf = ({ runId, server, toolUseId }: Use) => `${String(runId)} ${server} ${String(toolUseId)}`
  return {
    get: (use: Use): OpenCall | undefined => (use.toolUseId === null ? undefined : open.get(nameOf(use))),
    add(use: Use, call: OpenCall): void {
      if (use.toolUseId === null) return
      open.set(nameOf(use), call)
      const oldest = open.keys().next().value
      if (open.size > MAX_UNKNOWN && oldest !== undefined) open.delete(oldest)
    },
    settle(use: Use, { code }: McpCallOutcome): void {
      if (!mayBeDone(code)) this.forget(use)
    },
    forget: (use: Use): void => void open.delete(nameOf(use)),
  }
}
