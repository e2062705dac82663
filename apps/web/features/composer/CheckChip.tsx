'use client'

import { ScanSearch } from 'lucide-react'
import { later } from '../../ui/later.tsx'
import { Chip } from '../../ui/Menu.tsx'
import { ChipForm } from './ChipForm.tsx'
import type { ChipProps } from './Chips.tsx'

const CheckField = later(() => import('./ChipFields.tsx').then((it) => it.CheckField))

/** The command that decides whether the outcome holds. Without one nothing will be called verified. */
export function CheckChip({ task, plan, change }: ChipProps) {
  const verify = (task.verify ?? plan?.verify ?? '').trim()
  return (
    <ChipForm
      name="Check"
      fetch={CheckField.fetch}
      trigger={(props) => (
        <Chip {...props} icon={ScanSearch} chosen={verify === '' ? 'No check' : undefined}>
          {verify === '' ? null : <code className="chip-code">{verify}</code>}
          <span className="vh">, check</span>
        </Chip>
      )}
    >
      {() => <CheckField task={task} plan={plan} change={change} />}
    </ChipForm>
  )
}
