'use client'

import { Globe } from 'lucide-react'
import { useQuery } from '@tanstack/react-query'
import { useTRPC } from '../../trpc/client.tsx'
import { counted } from '../../ui/format/amount.ts'
import { Chip } from '../../ui/Menu.tsx'
import { ChipForm } from './ChipForm.tsx'
import type { ChipProps } from './Chips.tsx'
import type { Plan } from './task.ts'

const LEVELS = ['none', 'trusted', 'custom', 'full'] as const
type Level = (typeof LEVELS)[number]
const WORDS: Readonly<Record<Level, readonly [word: string, says: string]>> = {
  none: ['None', 'Nothing but the model and the repositories of this run.'],
  trusted: ['Trusted', 'Also package registries and the hosts of the settings.'],
  custom: ['Custom', 'Also the hosts that the agent lists, and no others.'],
  full: ['Full', 'Every public host.'],
}

/** Which hosts the sandbox reaches; private addresses never. */
export function NetworkChip({ task, plan, change }: ChipProps) {
  const level = task.network ?? plan?.network ?? null
  return (
    <ChipForm
      name="Network"
      trigger={(props) => (
        <Chip {...props} icon={Globe} chosen={level === null ? 'Network' : WORDS[level][0]}>
          <Hosts level={level} plan={plan} />
          <span className="vh">, network</span>
        </Chip>
      )}
    >
      {(close) => (
        <fieldset className="levels">
          <legend className="lab">What the sandbox reaches</legend>
          {LEVELS.map((one) => (
            <label key={one}>
              <input
                type="radio"
                name="network"
                checked={one === level}
                onChange={() => change({ network: one })}
                onClick={(event) => event.detail > 0 && close()}
              />
              <span>
                <b>{WORDS[one][0]}</b>
                <span className="small two">{WORDS[one][1]}</span>
              </span>
            </label>
          ))}
        </fieldset>
      )}
    </ChipForm>
  )
}

function Hosts({ level, plan }: { level: Level | null; plan: Plan | null }) {
  const trusted = useQuery(useTRPC().settings.get.queryOptions()).data?.trustedHosts.length
  const own = plan?.hosts ?? 0
  if (level === 'none') return <span>model and git only</span>
  if (level === 'full') return <span>every public host</span>
  if (level === null || (level === 'trusted' && trusted === undefined)) return null
  return <span>{counted(level === 'custom' ? own : own + (trusted ?? 0), 'host')}</span>
}
