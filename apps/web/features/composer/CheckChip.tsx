'use client'

import { ScanSearch } from 'lucide-react'
import { TextField } from '../../ui/Field.tsx'
import { Chip } from '../../ui/Menu.tsx'
import { ChipForm } from './ChipForm.tsx'
import type { ChipProps } from './Chips.tsx'

/** The command that decides whether the outcome holds. Without one nothing will be called verified. */
export function CheckChip({ task, plan, change }: ChipProps) {
  const verify = (task.verify ?? plan?.verify ?? '').trim()
  return (
    <ChipForm
      name="Check"
      trigger={(props) => (
        <Chip {...props} icon={ScanSearch} chosen={verify === '' ? 'No check' : undefined}>
          {verify === '' ? null : <code className="chip-code">{verify}</code>}
          <span className="vh">, check</span>
        </Chip>
      )}
    >
      {() => (
        <TextField
          label="Command that checks the outcome"
          hint="Run when the agent is done. Empty: nothing is checked, and nothing is called verified."
          rows={2}
          spellCheck={false}
          value={task.verify ?? plan?.verify ?? ''}
          maxLength={20_000}
          onChange={(event) => change({ verify: event.target.value })}
        />
      )}
    </ChipForm>
  )
}
