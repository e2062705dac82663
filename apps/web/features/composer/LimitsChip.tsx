'use client'

import { Coins } from 'lucide-react'
import { money } from '../../ui/format/amount.ts'
import { duration } from '../../ui/format/time.ts'
import { later } from '../../ui/later.tsx'
import { Chip } from '../../ui/Menu.tsx'
import { ChipForm } from './ChipForm.tsx'
import type { ChipProps } from './Chips.tsx'

const LimitsFields = later(() => import('./ChipFields.tsx').then((it) => it.LimitsFields))

const MINUTE_MS = 60_000

export function LimitsChip({ task, plan, change }: ChipProps) {
  const isScript = plan?.runtime === 'script'
  const budget = task.budgetUsd ?? plan?.budgetUsd ?? null
  const minutes = task.deadlineMinutes ?? plan?.deadlineMinutes ?? null
  const shown = isScript ? 'No cost' : budget === null ? 'Limits' : money(budget)
  return (
    <ChipForm
      name="Budget and time"
      fetch={LimitsFields.fetch}
      trigger={(props) => (
        <Chip {...props} icon={Coins} chosen={shown}>
          <span>{minutes === null ? '' : duration(minutes * MINUTE_MS)}</span>
          <span className="vh">, budget and time</span>
        </Chip>
      )}
    >
      {() => <LimitsFields task={task} plan={plan} change={change} />}
    </ChipForm>
  )
}
