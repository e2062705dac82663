'use client'

import { Coins } from 'lucide-react'
import { useState } from 'react'
import { money } from '../../ui/format/amount.ts'
import { duration } from '../../ui/format/time.ts'
import { Field } from '../../ui/Field.tsx'
import { Chip } from '../../ui/Menu.tsx'
import { ChipForm } from './ChipForm.tsx'
import type { ChipProps } from './Chips.tsx'

const MINUTE_MS = 60_000

export function LimitsChip({ task, plan, change }: ChipProps) {
  const isScript = plan?.runtime === 'script'
  const budget = task.budgetUsd ?? plan?.budgetUsd ?? null
  const minutes = task.deadlineMinutes ?? plan?.deadlineMinutes ?? null
  const shown = isScript ? 'No cost' : budget === null ? 'Limits' : money(budget)
  return (
    <ChipForm
      name="Budget and time"
      trigger={(props) => (
        <Chip {...props} icon={Coins} chosen={shown}>
          <span>{minutes === null ? '' : duration(minutes * MINUTE_MS)}</span>
          <span className="vh">, budget and time</span>
        </Chip>
      )}
    >
      {() => (
        <>
          {isScript ? (
            <p className="small two">This agent runs a script: it asks no model and costs nothing.</p>
          ) : (
            <NumberField
              label="Budget in dollars"
              value={task.budgetUsd}
              usual={plan?.budgetUsd ?? null}
              most={100_000}
              onValue={(budgetUsd) => change({ budgetUsd })}
            />
          )}
          <NumberField
            label="Time in minutes"
            value={task.deadlineMinutes}
            usual={plan?.deadlineMinutes ?? null}
            most={1_440}
            onValue={(deadlineMinutes) => change({ deadlineMinutes })}
          />
        </>
      )}
    </ChipForm>
  )
}

interface NumberFieldProps {
  readonly label: string
  readonly value: number | undefined
  /** What holds while nothing is written. */
  readonly usual: number | null
  readonly most: number
  readonly onValue: (value: number | undefined) => void
}

function NumberField({ label, value, usual, most, onValue }: NumberFieldProps) {
  const [typed, setTyped] = useState(value === undefined ? '' : String(value))
  const number = Number(typed.trim().replace(',', '.'))
  const isWrong = typed.trim() !== '' && !(number > 0 && number <= most)
  return (
    <Field
      label={label}
      inputMode="decimal"
      value={typed}
      placeholder={value === undefined && usual !== null ? String(usual) : ''}
      hint="Empty: as the agent says"
      error={isWrong ? `A number above 0, up to ${most}` : undefined}
      onChange={(event) => {
        setTyped(event.target.value)
        const next = Number(event.target.value.trim().replace(',', '.'))
        onValue(event.target.value.trim() !== '' && next > 0 && next <= most ? next : undefined)
      }}
    />
  )
}
