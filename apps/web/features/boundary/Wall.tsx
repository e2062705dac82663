'use client'

import { useQuery } from '@tanstack/react-query'
import {
  ArrowLeftRight,
  ArrowRight,
  Ban,
  Bot,
  Box,
  Check,
  DoorClosedLocked,
  GitBranch,
  Globe,
  Hand,
  type LucideIcon,
} from 'lucide-react'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { useTRPC } from '../../trpc/client.tsx'
import { counted } from '../../ui/format/amount.ts'

type Line = readonly [icon: LucideIcon, words: ReactNode]

const SANDBOX: readonly Line[] = [
  [Check, 'Its own files, until the run is over'],
  [Check, 'One way out: the gateway'],
  [Ban, 'No secret, no identity of yours'],
  [Ban, 'No neighbour, no machine, no internet'],
]
const GATEWAY: readonly Line[] = [
  [Bot, 'Model, within the budget'],
  [GitBranch, 'Git, its own branch only'],
  [Globe, 'Hosts on the list'],
  [Hand, 'Asks you where the agent says so'],
]

/** Sandbox, gateway, world: hatching is what nothing passes, the gap is the one way through. */
export function Wall() {
  return (
    <section className="wall" aria-label="Sandbox, gateway, world">
      <Zone icon={Box} name="Sandbox" about="The agent and the repository" lines={SANDBOX} />
      <div className="brick">
        <span>
          <ArrowLeftRight className="i s" aria-hidden="true" />
          <span className="vh">one way through</span>
        </span>
      </div>
      <Zone
        icon={DoorClosedLocked}
        name="Gateway"
        about="Checks each request, then adds the credential"
        lines={GATEWAY}
      />
      <div className="brick open">
        <span>
          <ArrowRight className="i s" aria-hidden="true" />
          <span className="vh">goes on to</span>
        </span>
      </div>
      <Zone icon={Globe} name="World" about="Sees the gateway, never the sandbox" lines={useWorld()} />
    </section>
  )
}

function useWorld(): readonly Line[] {
  const trpc = useTRPC()
  const credentials = useQuery(trpc.credentials.list.queryOptions()).data ?? []
  const trusted = useQuery(trpc.settings.get.queryOptions()).data?.trustedHosts ?? []
  const models = credentials.filter(({ spec }) => spec.type !== 'git').length
  const gits = credentials.flatMap(({ spec }) => (spec.type === 'git' ? [spec.host] : []))
  return [
    [Check, models === 0 ? 'No model yet; the demo is inside' : counted(models, 'model credential')],
    ...gits.slice(0, 2).map((host): Line => [Check, <code key={host}>{host}</code>]),
    [
      Check,
      <Link key="trusted" href="/settings#network">
        {counted(trusted.length, 'trusted host')}
      </Link>,
    ],
    [Ban, 'Everything else'],
  ]
}

function Zone({
  icon: Icon,
  name,
  about,
  lines,
}: {
  icon: LucideIcon
  name: string
  about: string
  lines: readonly Line[]
}) {
  return (
    <div className="zone">
      <h2>
        <Icon className="i" aria-hidden="true" />
        {name}
      </h2>
      <p className="small two">{about}</p>
      <ul>
        {lines.map(([LineIcon, words], index) => (
          <li key={index}>
            <LineIcon className={LineIcon === Ban ? 'i s three' : 'i s'} aria-hidden="true" />
            <span>{words}</span>
          </li>
        ))}
      </ul>
    </div>
  )
}
