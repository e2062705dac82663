'use client'

import { AgentChip } from './AgentChip.tsx'
import { AttachChip } from './AttachChip.tsx'
import { CheckChip } from './CheckChip.tsx'
import { LimitsChip } from './LimitsChip.tsx'
import { ModelChip } from './ModelChip.tsx'
import { NetworkChip } from './NetworkChip.tsx'
import { RepositoryChip } from './RepositoryChip.tsx'
import type { Plan, Task, ChangeTask } from './task.ts'
import type { Files } from './useAttachments.ts'

export interface ChipProps {
  readonly task: Task
  /** What it would be, with what the agent gives; null where there is no such agent. */
  readonly plan: Plan | null
  readonly change: ChangeTask
}

/** What the run may use, each a button that says what is chosen. */
export function Chips({ files, ...props }: ChipProps & { files: Files }) {
  return (
    <div className="chips" role="group" aria-label="Settings of this run">
      <RepositoryChip {...props} />
      <AgentChip {...props} />
      <ModelChip {...props} />
      <LimitsChip {...props} />
      <NetworkChip {...props} />
      <CheckChip {...props} />
      <AttachChip files={files} />
    </div>
  )
}
