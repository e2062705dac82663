'use client'

import { useQuery } from '@tanstack/react-query'
import { Bot } from 'lucide-react'
import { useTRPC } from '../../trpc/client.tsx'
import { Chip } from '../../ui/Menu.tsx'
import { Pick } from '../../ui/Pick.tsx'
import type { ChipProps } from './Chips.tsx'
import type { Plan } from './task.ts'

const USUAL = ''

export function AgentChip({ task, plan, change }: ChipProps) {
  const { data } = useQuery(useTRPC().agents.list.queryOptions())
  const shown = plan === null ? (task.agent ?? 'Agent') : isDemo(plan) ? 'Demo model' : plan.agent
  return (
    <Pick
      name="Agent"
      choices={
        data && [
          { value: USUAL, label: 'The usual one', note: 'as the settings say' },
          ...data.map(({ name, spec }) => ({ value: name, label: name, note: spec.description })),
        ]
      }
      chosen={[task.agent ?? USUAL]}
      onPick={(value) => change({ agent: value === USUAL ? undefined : value })}
      trigger={(props) => (
        <Chip {...props} icon={Bot} chosen={shown}>
          {plan === null ? null : (
            <span>{isDemo(plan) ? 'scripted' : plan.isDemo ? 'on the demo model' : `v${plan.agentVersion}`}</span>
          )}
          <span className="vh">, agent</span>
        </Chip>
      )}
    />
  )
}

/** The built-in one: a fixed script, and nobody should take it for a language model. */
function isDemo(plan: Plan): boolean {
  return plan.isDemo && plan.agent === 'demo'
}
