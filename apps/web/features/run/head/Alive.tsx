'use client'

import { HeartPulse } from 'lucide-react'
import { roughly } from '../../../ui/format/time.ts'
import { useNow } from '../../../ui/reader.tsx'
import type { RunView } from '../types.ts'

const QUIET_MS = 15_000
const SILENT_MS = 60_000

/** Whether its process lives, which is another matter than its state. */
export function Alive({ run }: { run: RunView }) {
  const { state } = run
  const now = useNow()
  if (state.runnerStartedAt === null || state.goneAt !== null) return null
  const ms = Math.max(0, now - Date.parse(state.lastEventAt))
  const tone = ms >= SILENT_MS ? 'fault' : ms >= QUIET_MS ? '' : 'live'
  return (
    <span className={tone === 'fault' ? 'fault' : undefined}>
      <HeartPulse className={`i s ${tone}`.trim()} aria-hidden="true" />
      {ms >= QUIET_MS ? `Sandbox not heard for ${roughly(ms)}` : `Sandbox alive, heard ${roughly(ms)} ago`}
    </span>
  )
}
