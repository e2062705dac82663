'use client'

import { mcpUseSchema, type McpUse } from '@errand/contracts'
import { countStandings, type KnownTool, type ToolStanding } from '@errand/domain'
import { useQueries, useQuery } from '@tanstack/react-query'
import { ChevronDown, Plus } from 'lucide-react'
import { useTRPC } from '../../trpc/client.tsx'
import { Button, ButtonLink } from '../../ui/Button.tsx'
import { ErrorInPlace } from '../../ui/ErrorInPlace.tsx'
import { counted } from '../../ui/format/amount.ts'
import { Pick } from '../../ui/Pick.tsx'
import { HEALTH, healthOf } from '../mcp/health.ts'
import { toolsOf } from '../mcp/tools.ts'
import type { Server } from '../mcp/types.ts'
import { ToolRules } from './ToolRules.tsx'

interface McpFieldProps {
  readonly uses: readonly McpUse[]
  readonly onChange: (uses: readonly McpUse[] | undefined) => void
}

/** Which MCP servers an agent has, and how far it may use their tools. */
export function McpField({ uses, onChange }: McpFieldProps) {
  const trpc = useTRPC()
  const list = useQuery(trpc.mcp.list.queryOptions())
  const servers = useQueries({
    queries: uses.map(({ server }) => trpc.mcp.get.queryOptions({ name: server }, { retry: false })),
  })
  const set = (next: readonly McpUse[]) => onChange(next.length === 0 ? undefined : next)
  const free = (list.data ?? []).filter(({ name }) => !uses.some(({ server }) => server === name))
  return (
    <section aria-label="MCP servers and their tools">
      <div className="bar">
        <h2 className="group-title">MCP servers and their tools</h2>
        {list.data?.length === 0 ? (
          <ButtonLink icon={Plus} href="/mcp?add">
            Set one up
          </ButtonLink>
        ) : (
          <Pick
            name="MCP server"
            choices={list.data === undefined ? undefined : free.map(({ name }) => ({ value: name, label: name }))}
            chosen={[]}
            onPick={(server) => set([...uses, mcpUseSchema.parse({ server })])}
            nothing="It has all that there are"
            trigger={(props) => (
              <Button {...props} icon={Plus}>
                Add<span className="vh"> an MCP server</span>
              </Button>
            )}
          />
        )}
      </div>
      {list.error === null ? null : <ErrorInPlace error={list.error} retry={() => void list.refetch()} />}
      {uses.length === 0 ? (
        <p className="small two">None. Tools of a server come to its runs through the gateway.</p>
      ) : null}
      {uses.length === 0 ? null : (
        <div className="panel">
          {uses.map((use, index) => (
            <ServerUse
              key={use.server}
              use={use}
              server={servers[index]?.data}
              error={servers[index]?.error ?? null}
              onChange={(next) =>
                set(next === null ? uses.filter((one) => one !== use) : uses.map((one) => (one === use ? next : one)))
              }
            />
          ))}
        </div>
      )}
    </section>
  )
}

interface ServerUseProps {
  readonly use: McpUse
  readonly server: Server | undefined
  readonly error: unknown
  readonly onChange: (use: McpUse | null) => void
}

function ServerUse({ use, server, error, onChange }: ServerUseProps) {
  const { icon: Icon, tone, word } = HEALTH[server === undefined ? 'untested' : healthOf(server)]
  const tools = server === undefined ? [] : toolsOf(server)
  return (
    <details className="srv">
      <summary>
        <Icon className={`i ${tone}`.trim()} aria-hidden="true" />
        <span>
          <b>{use.server}</b> <span className="small three">{summary(use, tools, word)}</span>
        </span>
        <ChevronDown className="i s" aria-hidden="true" />
      </summary>
      <div className="srv-in">
        {error === null ? null : <ErrorInPlace error={error} />}
        <ToolRules use={use} server={server} onChange={onChange} />
        <Button tone="bare" onClick={() => onChange(null)}>
          Take {use.server} away
        </Button>
      </div>
    </details>
  )
}

const WORDS: Readonly<Record<ToolStanding, string>> = { allow: 'allow', ask: 'ask', deny: 'deny', depends: 'depend' }

function summary(use: McpUse, tools: readonly KnownTool[], word: string): string {
  if (tools.length === 0) return `${word.toLowerCase()}; every tool: ${use.otherwise}`
  const counts = countStandings(use, tools)
  const said = (Object.keys(WORDS) as ToolStanding[]).filter((one) => counts[one] > 0)
  const [one] = said
  return said.length === 1 && one !== undefined
    ? `${counted(tools.length, 'tool')}: all ${WORDS[one]}`
    : `${counted(tools.length, 'tool')}: ${said.map((each) => `${counts[each]} ${WORDS[each]}`).join(', ')}`
}
