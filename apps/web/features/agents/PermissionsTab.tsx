import type { AgentSpec, McpUse } from '@errand/contracts'
import { decideTool, type KnownTool, ruleText, standingOf, type ToolStanding } from '@errand/domain'
import { Ban, Check, Hand, type LucideIcon, Split } from 'lucide-react'
import Link from 'next/link'
import { ErrorInPlace } from '../../ui/ErrorInPlace.tsx'
import { visible } from '../../ui/format/visible.ts'
import { LoadingRows } from '../../ui/LoadingRows.tsx'
import { Slip } from '../../ui/Slip.tsx'
import { toolsOf } from '../mcp/tools.ts'
import type { Server } from '../mcp/types.ts'
import { SentenceList, useCanDo } from './CanDoCard.tsx'
import { useServersOf } from './useKnownServers.ts'

const STANDINGS: Readonly<
  Record<ToolStanding, { readonly word: string; readonly icon: LucideIcon; readonly tone: string }>
> = {
  allow: { word: 'Allowed', icon: Check, tone: '' },
  ask: { word: 'Asks first', icon: Hand, tone: 'flag' },
  deny: { word: 'Never, and not shown', icon: Ban, tone: 'fault' },
  depends: { word: 'Its arguments decide', icon: Split, tone: 'flag' },
}

/** What could a run of it do? Everything on one screen, computed from what the gateway and the sandbox go by. */
export function PermissionsTab({ spec, version }: { spec: AgentSpec; version: number }) {
  const said = useCanDo(spec)
  const servers = useServersOf(spec)
  const uses = spec.runtime === 'claude-code' ? (spec.mcp ?? []) : []
  return (
    <>
      <Slip className="perm permissions" role="region" aria-label="What a run could do">
        <h2>What a run of v{version} could do</h2>
        <SentenceList said={said} />
      </Slip>
      {uses.length === 0 ? (
        <p className="small two top">It uses no MCP server, so it has only Claude Code’s own tools.</p>
      ) : null}
      {uses.map((use, index) => (
        <section key={use.server} className="sec" aria-label={use.server}>
          <h2>
            <Link href={`/mcp/${use.server}`}>{use.server}</Link>
          </h2>
          {servers[index]?.data === undefined ? (
            servers[index]?.isPending === true ? (
              <LoadingRows of={`Reading ${use.server}`} />
            ) : (
              <ErrorInPlace error={servers[index]?.error ?? null} retry={() => void servers[index]?.refetch()} />
            )
          ) : (
            <ToolTable use={use} server={servers[index].data} />
          )}
        </section>
      ))}
    </>
  )
}

function ToolTable({ use, server }: { use: McpUse; server: Server }) {
  const held = new Set(server.toolList.filter(({ state }) => state !== 'accepted').map(({ name }) => name))
  return (
    <table className="tbl">
      <thead>
        <tr>
          <th>Tool</th>
          <th>A run</th>
          <th>Because</th>
        </tr>
      </thead>
      <tbody>
        {toolsOf(server).map((tool) => {
          const { word, icon: Icon, tone } = STANDINGS[standingOf(use, tool)]
          return (
            <tr key={tool.tool}>
              <td className="mono">{visible(tool.tool)}</td>
              <td data-h="A run">
                {held.has(tool.tool) ? (
                  <span className="state flag">
                    <Hand className="i s" aria-hidden="true" />
                    Held back until you accept it
                  </span>
                ) : (
                  <span className={`state ${tone}`.trim()}>
                    <Icon className="i s" aria-hidden="true" />
                    {word}
                  </span>
                )}
              </td>
              <td className="mono small two breaks" data-h="Because">
                {because(use, tool)}
              </td>
            </tr>
          )
        })}
        <tr>
          <td>Every other tool</td>
          <td data-h="A run">Held back until you accept it</td>
          <td className="small two" data-h="Because">
            a new tool is nobody’s before a person has read it
          </td>
        </tr>
      </tbody>
    </table>
  )
}

/** The rules that can decide about it, in their order, down to the first that always does. */
function because(use: McpUse, tool: KnownTool): string {
  const lines: string[] = []
  for (const rule of use.rules) {
    const { where: _where, ...whole } = rule
    if (decideTool({ rules: [whole], otherwise: 'allow' }, { ...tool, arguments: {} }).rule === null) continue
    lines.push(ruleText(rule))
    if (rule.where === undefined) return lines.join('\n')
  }
  return [...lines, `otherwise ${use.otherwise}`].join('\n')
}
