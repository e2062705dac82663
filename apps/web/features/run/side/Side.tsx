'use client'

import { Check, Circle, CircleDot } from 'lucide-react'
import Link from 'next/link'
import { Code } from '../../../ui/Code.tsx'
import { counted } from '../../../ui/format/amount.ts'
import type { Seen } from '../live/liveRun.ts'
import type { HostSeen } from '../live/networkFold.ts'
import type { PlanItem } from '../live/planFold.ts'
import type { RunView } from '../types.ts'
import { StartUp } from './StartUp.tsx'

export function Side({ run, live }: { run: RunView; live: Seen }) {
  return (
    <aside className="side" aria-label="Start-up, plan and network">
      <StartUp run={run} />
      {live.plan.length === 0 ? null : <Plan items={live.plan} />}
      {live.hosts.length === 0 ? null : <Network run={run} hosts={live.hosts} />}
    </aside>
  )
}

function Plan({ items }: { items: readonly PlanItem[] }) {
  return (
    <section>
      <h2>Plan</h2>
      <ol className="check">
        {items.map((item) => (
          <li key={item.id}>
            <PlanIcon state={item.state} />
            <span className={item.state === 'pending' ? 'two' : undefined}>
              {item.state === 'in_progress' ? <b>{item.words}</b> : item.words}
            </span>
          </li>
        ))}
      </ol>
    </section>
  )
}

function PlanIcon({ state }: Pick<PlanItem, 'state'>) {
  if (state === 'completed') return <Check className="i s" aria-label="done" />
  if (state === 'in_progress') return <CircleDot className="i s live" aria-label="under way" />
  return <Circle className="i s three" aria-label="not yet" />
}

const SHOWN = 3

function Network({ run, hosts }: { run: RunView; hosts: readonly HostSeen[] }) {
  const reached = hosts.filter(({ isAllowed }) => isAllowed)
  const refused = hosts.filter(({ isAllowed }) => !isAllowed)
  const shown = [...reached.slice(0, SHOWN), ...refused.slice(0, SHOWN)]
  return (
    <section>
      <h2>Network</h2>
      <dl className="kv">
        {shown.map((host) => (
          <div key={`${host.isAllowed} ${host.host}`} className="kv-row">
            <dt>{host.isAllowed ? 'Reached' : 'Refused'}</dt>
            <dd>
              <Code>{host.host}</Code>, {counted(host.count, 'time')}
              {host.isAllowed || host.commands[0] === undefined ? null : (
                <>
                  , by <Code>{host.commands[0]}</Code>
                </>
              )}
            </dd>
          </div>
        ))}
      </dl>
      {shown.length === hosts.length ? null : (
        <p className="small">
          <Link href={`/runs/${run.id}?tab=network`} scroll={false}>
            All {hosts.length}
          </Link>
        </p>
      )}
    </section>
  )
}
