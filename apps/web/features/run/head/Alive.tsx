'use client'

import { useQuery } from '@tanstack/react-query'
import { HeartPulse } from 'lucide-react'
import { useTRPC } from '../../../trpc/client.tsx'
import { roughly } from '../../../ui/format/time.ts'
import { useNow } from '../../../ui/reader.tsx'
import type { RunView } from '../types.ts'

const ASK_MS = 5_000
const QUIET_MS = 15_000
const SILENT_MS = 60_000

/** Whether its process lives, which is another matter than its state: its runner asks for orders every few seconds. */
export function Alive({ run }: { run: RunView }) {
  const { runnerStartedAt, goneAt } = run.state
  const isThere = runnerStartedAt !== null && goneAt === null
  const query = useQuery({
    ...useTRPC().runs.heard.queryOptions({ runId: run.id }),
    enabled: isThere,
    refetchInterval: ASK_MS,
    staleTime: 0,
  })
  const now = useNow()
  const agoMs = query.data?.agoMs ?? null
  if (!isThere || agoMs === null) return null
  // By the server's clock up to the answer, by ours since then: the two need not agree.
  const ms = agoMs + Math.max(0, now - query.dataUpdatedAt)
  const tone = ms >= SILENT_MS ? 'fault' : ms >= QUIET_MS ? '' : 'live'
  return (
    <span className={tone === 'fault' ? 'fault' : undefined}>
      <HeartPulse className={`i s ${tone}`.trim()} aria-hidden="true" />
      {ms >= QUIET_MS ? `Sandbox not heard for ${roughly(ms)}` : `Sandbox alive, heard ${roughly(ms)} ago`}
    </span>
  )
}
