'use client'

import { useMutation } from '@tanstack/react-query'
import { useTRPCClient } from '../../../trpc/client.tsx'
import { PAGE } from '../live/liveRun.ts'
import type { RunView } from '../types.ts'

/** All events as they are stored, one JSON object a line. */
export function useDownloadEvents({ id, state }: RunView): { now: () => void; isPending: boolean; error: unknown } {
  const client = useTRPCClient()
  const mutation = useMutation({
    mutationKey: ['download-events', id],
    mutationFn: async () => {
      const parts: string[] = []
      for (let after = 0; after < state.seq;) {
        const page = await client.runs.events.query({ runId: id, after, limit: PAGE })
        const last = page.at(-1)
        if (last === undefined) break
        parts.push(...page.map((event) => `${JSON.stringify(event)}\n`))
        after = last.seq
      }
      save(new Blob(parts, { type: 'application/x-ndjson' }), `${id}.events.jsonl`)
    },
  })
  return { now: () => mutation.mutate(), isPending: mutation.isPending, error: mutation.error }
}

export function save(blob: Blob, name: string): void {
  const address = URL.createObjectURL(blob)
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  // The browser has taken the bytes by then; at once it may not have.
  setTimeout(() => URL.revokeObjectURL(address), 10_000)
}
