'use client'

import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { useTRPC } from '../../../trpc/client.tsx'
import { Empty } from '../../../ui/Empty.tsx'
import { KeyValues } from '../../../ui/KeyValues.tsx'
import type { Server } from '../types.ts'
import { AccessCard } from './AccessCard.tsx'
import { HeldBack } from './HeldBack.tsx'
import { HostedCard } from './HostedCard.tsx'
import { TestWords } from './TestWords.tsx'
import { ToolRow } from './ToolRow.tsx'
import { isHeldBack } from './toolState.ts'

/** What it offers, what is held back, who may use it, and how the gateway signs in. */
export function OverviewTab({ server }: { server: Server }) {
  const activity = useQuery(useTRPC().mcp.activity.queryOptions({ name: server.name }))
  const seen = server.toolList.filter(({ isGone }) => !isGone)
  const held = seen.filter(isHeldBack)
  return (
    <>
      <TestWords server={server} />
      {held.length === 0 ? null : <HeldBack server={server.name} tools={held} />}
      <div className="cols">
        <section>
          <div className="bar">
            <h2>Tools</h2>
            <span className="small three">{seen.length}</span>
          </div>
          {seen.length === 0 ? (
            <Empty title="No tool is known.">
              A test asks the server what it has. What it lists first counts as accepted; what changes later is held
              back.
            </Empty>
          ) : null}
          <ul className="tools lined">
            {seen.map((tool) => (
              <ToolRow key={tool.name} server={server.name} tool={tool} today={activity.data?.tools[tool.name]} />
            ))}
          </ul>
        </section>
        <aside className="side">
          <AccessCard server={server} />
          <HostedCard server={server} />
          <section className="panel perm" aria-labelledby="used-by">
            <h2 id="used-by">Used by</h2>
            {server.agents.length === 0 ? (
              <p className="small two">No agent. Give it to one in the agent’s own page.</p>
            ) : (
              <ul className="plain-list">
                {server.agents.map((agent) => (
                  <li key={agent}>
                    <Link href={`/agents/${agent}`}>{agent}</Link>
                  </li>
                ))}
              </ul>
            )}
          </section>
          <SightCard server={server} />
        </aside>
      </div>
    </>
  )
}

function SightCard({ server: { lastTest } }: { server: Server }) {
  const sight = lastTest?.sight ?? null
  if (sight === null) return null
  return (
    <section className="panel perm" aria-labelledby="sight">
      <h2 id="sight">What it says of itself</h2>
      <KeyValues
        rows={[
          ['Name', `${sight.serverName} ${sight.serverVersion}`],
          ['Protocol', sight.revision],
          ['Prompts', String(sight.prompts.length)],
          ['Resources', String(sight.resources.length)],
        ]}
      />
      {sight.instructions === null ? null : (
        <details>
          <summary className="small">Its instructions to the model</summary>
          <p className="small two breaks">{sight.instructions}</p>
        </details>
      )}
    </section>
  )
}
