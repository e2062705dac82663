'use client'

import type { AgentSpec } from '@errand/contracts'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTRPC } from '../../trpc/client.tsx'
import { useToasts } from '../../ui/Toasts.tsx'
import type { AgentDraft } from './useAgentDraft.ts'

/** Makes the draft the next version. */
export function useSaveAgent(name: string, draft: AgentDraft, spec: AgentSpec) {
  const trpc = useTRPC()
  const queries = useQueryClient()
  const toasts = useToasts()
  const save = useMutation(
    trpc.agents.save.mutationOptions({
      // After what is being kept: a late draft must not come back from the dead.
      scope: { id: `draft ${name}` },
      onSuccess: async ({ version }) => {
        queries.setQueryData(trpc.agents.draft.queryKey({ name }), null)
        await queries.invalidateQueries(trpc.agents.pathFilter())
        draft.forget()
        toasts.show({ text: `Saved ${name} as v${version}` })
      },
    }),
  )
  const { baseVersion, note } = draft
  return {
    run: () => save.mutate({ name, spec, baseVersion, ...(note.trim() === '' ? {} : { note: note.trim() }) }),
    isPending: save.isPending,
    error: save.error,
  }
}
