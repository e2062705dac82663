'use client'

import { Globe } from 'lucide-react'
import { useQuery } from '@tanstack/react-query'
import { useTRPC } from '../../trpc/client.tsx'
import { counted } from '../../ui/format/amount.ts'
import { later } from '../../ui/later.tsx'
import { Chip } from '../../ui/Menu.tsx'
import { NETWORK_NAMES, type NetworkLevel } from './networkNames.ts'
import { ChipForm } from './ChipForm.tsx'
import type { ChipProps } from './Chips.tsx'
import type { Plan } from './task.ts'

const NetworkFields = later(() => import('./ChipFields.tsx').then((it) => it.NetworkFields))

/** Which hosts the sandbox reaches; private addresses never. */
export function NetworkChip({ task, plan, change }: ChipProps) {
  const level = task.network ?? plan?.network ?? null
  return (
    <ChipForm
      name="Network"
      fetch={NetworkFields.fetch}
      trigger={(props) => (
        <Chip {...props} icon={Globe} chosen={level === null ? 'Network' : NETWORK_NAMES[level]}>
          <Hosts level={level} plan={plan} />
          <span className="vh">, network</span>
        </Chip>
      )}
    >
      {(close) => <NetworkFields task={task} plan={plan} change={change} close={close} />}
    </ChipForm>
  )
}

function Hosts({ level, plan }: { level: NetworkLevel | null; plan: Plan | null }) {
  const trusted = useQuery(useTRPC().settings.get.queryOptions()).data?.trustedHosts.length
  const own = plan?.hosts ?? 0
  if (level === 'none') return <span>model and git only</span>
  if (level === 'full') return <span>every public host</span>
  if (level === null || (level === 'trusted' && trusted === undefined)) return null
  return <span>{counted(level === 'custom' ? own : own + (trusted ?? 0), 'host')}</span>
}
