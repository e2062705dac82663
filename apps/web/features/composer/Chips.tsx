'use client'

import { memo } from 'react'
import { AgentChip } from './AgentChip.tsx'
import { AttachChip } from './AttachChip.tsx'
import { CheckChip } from './CheckChip.tsx'
import { LimitsChip } from './LimitsChip.tsx'
import { ModelChip } from './ModelChip.tsx'
import { NetworkChip } from './NetworkChip.tsx'
import { RepositoryChip } from './RepositoryChip.tsx'
import type { Plan, Task, ChangeTask } from './task.ts'

export interface ChipProps {
  readonly task: Task
  /** What it would be, with what the agent gives; null where there is no such agent. */
  readonly plan: Plan | null
  readonly change: ChangeTask
}

interface ChipsProps extends ChipProps {
  readonly onFiles: (files: readonly File[]) => void
}

/** What the run may use, each a button that says what is chosen. Nothing of it depends on the text, which is typed beside it. */
export const Chips = memo(function Chips({ onFiles, ...props }: ChipsProps) {
  return (
    <div className="chips" role="group" aria-label="Settings of this run">
      <RepositoryChip {...props} />
      <AgentChip {...props} />
      <ModelChip {...props} />
      <LimitsChip {...props} />
      <NetworkChip {...props} />
      <CheckChip {...props} />
      <AttachChip onFiles={onFiles} />
    </div>
  )
})
