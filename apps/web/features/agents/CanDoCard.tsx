'use client'

import type { AgentSpec } from '@errand/contracts'
import { type CanDo, CAN_DO, type Phrase, phraseText, type Sentences, whatItCanDo } from '@errand/domain'
import { useQuery } from '@tanstack/react-query'
import {
  Ban,
  Check,
  ChevronDown,
  Coins,
  FolderGit2,
  GitBranch,
  Hand,
  KeyRound,
  type LucideIcon,
  ShieldCheck,
} from 'lucide-react'
import { useKnownServers } from './useKnownServers.ts'
import { useTRPC } from '../../trpc/client.tsx'
import { Slip } from '../../ui/Slip.tsx'

const SAID: Readonly<Record<CanDo, { readonly name: string; readonly icon: LucideIcon; readonly tone?: string }>> = {
  reads: { name: 'Reads', icon: FolderGit2 },
  writes: { name: 'Writes', icon: GitBranch },
  mayCall: { name: 'May call', icon: Check },
  asksFirst: { name: 'Asks first', icon: Hand },
  never: { name: 'Never', icon: Ban, tone: 'fault' },
  holds: { name: 'Holds', icon: KeyRound },
  stops: { name: 'Stops', icon: Coins },
}

/** The pass that an agent carries: computed from the specification, never typed. */
export function CanDoCard({ spec, title }: { spec: AgentSpec; title: string }) {
  const said = useCanDo(spec)
  return (
    <Slip className="perm no-phone" role="region" aria-label={title}>
      <h2>{title}</h2>
      <SentenceList said={said} />
    </Slip>
  )
}

/** On phones: one line above the form, which opens. */
export function CanDoFold({ spec, title }: { spec: AgentSpec; title: string }) {
  const said = useCanDo(spec)
  return (
    <details className="slip fold only-phone can-do-fold">
      <summary>
        <ShieldCheck className="i" aria-hidden="true" />
        <span>
          <b>{title}</b>
          <span className="small two below">Stops {phraseText(said.stops)}</span>
        </span>
        <ChevronDown className="i" aria-hidden="true" />
      </summary>
      <SentenceList said={said} />
    </details>
  )
}

export function SentenceList({ said }: { said: Sentences }) {
  return (
    <ul className="may">
      {CAN_DO.map((what) => {
        const { name, icon: Icon, tone = '' } = SAID[what]
        return (
          <li key={what}>
            <Icon className={`i s ${tone}`.trim()} aria-hidden="true" />
            <span>
              <b>{name}</b>
              <Words phrase={said[what]} />
            </span>
          </li>
        )
      })}
    </ul>
  )
}

function Words({ phrase }: { phrase: Phrase }) {
  return phrase.map((part, index) =>
    typeof part === 'string' ? part : <code key={`${index} ${part.code}`}>{part.code}</code>,
  )
}

export function useCanDo(spec: AgentSpec): Sentences {
  const trpc = useTRPC()
  const settings = useQuery(trpc.settings.get.queryOptions())
  const servers = useKnownServers(spec)
  return whatItCanDo(spec, { trustedHosts: settings.data?.trustedHosts.length ?? null, servers })
}
