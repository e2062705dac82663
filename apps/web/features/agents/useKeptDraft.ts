'use client'

import { type AgentSpec, agentSpecSchema } from '@errand/contracts'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useEffectEvent, useState } from 'react'
import { useTRPC } from '../../trpc/client.tsx'
import { isSame } from './changes.ts'

const KEEP_AFTER_MS = 700

/**
 * An agent, and the draft of its next version as the store has it. `unkept` is what was changed here and is not there
 * yet; it is sent a moment after the last change, when the page is hidden, and when it goes.
 */
export function useKeptDraft(name: string) {
  const trpc = useTRPC()
  const agent = useQuery(trpc.agents.get.queryOptions({ name }, { retry: false }))
  const kept = useQuery(trpc.agents.draft.queryOptions({ name }))
  const [unkept, setUnkept] = useState<AgentSpec | null>(null)
  const [base, setBase] = useState<number | null>(null)
  const version = agent.data?.version ?? 0
  const baseVersion = base ?? kept.data?.baseVersion ?? version
  const { keep, drop } = useDraftCalls(name, (sent) => setUnkept((now) => (isSame(now, sent) ? null : now)))
  const send = (next: AgentSpec) => {
    if (agent.data !== undefined && isSame(next, agent.data.spec)) drop.mutate({ name })
    else keep.mutate({ name, baseVersion, spec: next })
  }
  const keepNow = useEffectEvent(() => {
    if (unkept !== null) send(unkept)
  })
  // The external system is the store.
  useEffect(() => {
    if (unkept === null) return undefined
    const timer = setTimeout(keepNow, KEEP_AFTER_MS)
    return () => clearTimeout(timer)
  }, [unkept])
  useEffect(() => {
    const onHide = () => keepNow()
    document.addEventListener('visibilitychange', onHide)
    return () => {
      document.removeEventListener('visibilitychange', onHide)
      keepNow()
    }
  }, [])
  const spec = unkept ?? kept.data?.spec ?? agent.data?.spec ?? null
  return {
    agent,
    kept,
    /** As it stands here; null while it is being read. */
    spec,
    version,
    baseVersion,
    isKept: unkept === null,
    error: keep.error ?? drop.error,
    change: setUnkept,
    /** The whole of it by one press: who closes the page at once finds it so again. */
    changeNow: (next: AgentSpec) => {
      setUnkept(next)
      send(next)
    },
    /** The agent got a newer version meanwhile: the changes are now changes of that one. */
    goOnFrom: (newer: number) => {
      setBase(newer)
      if (spec !== null) keep.mutate({ name, baseVersion: newer, spec })
    },
    /** After a save nothing of it is left here. */
    forget: () => {
      setUnkept(null)
      setBase(null)
    },
  }
}

/** One after the other, so that an older state never comes last. */
function useDraftCalls(name: string, onKept: (sent: AgentSpec | null) => void) {
  const trpc = useTRPC()
  const queries = useQueryClient()
  const scope = { id: `draft ${name}` }
  // What was sent counts as kept once it was read back: what is shown never goes back and forth.
  const reread = () => queries.invalidateQueries(trpc.agents.draft.queryFilter({ name }))
  const keep = useMutation(
    trpc.agents.keepDraft.mutationOptions({
      scope,
      onSuccess: async (_, { spec }) => {
        await reread()
        onKept(agentSpecSchema.parse(spec))
      },
    }),
  )
  const drop = useMutation(
    trpc.agents.dropDraft.mutationOptions({
      scope,
      onSuccess: async () => {
        await reread()
        onKept(queries.getQueryData(trpc.agents.get.queryKey({ name }))?.spec ?? null)
      },
    }),
  )
  return { keep, drop }
}
