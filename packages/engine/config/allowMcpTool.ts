import { agentSpecSchema, Fault, type RunId } from '@errand/contracts'
import { widenUse, type Widening } from '@errand/domain'
import { findAgent, findRun, type Transaction } from '@errand/store'
import { isMap, isSeq, parseDocument } from 'yaml'
import type { Actor } from '../deps.ts'
import { applyAgent } from './agents.ts'
import { renderAgent } from './renderDocument.ts'

export interface McpToolAllowance {
  readonly actor: Actor
  readonly runId: RunId
  /** `rule`: which rule of the run's agent asked; null: none fitted. */
  readonly use: { readonly server: string; readonly tool: string; readonly rule: number | null }
  readonly now: Date
}

/**
 * Makes a new version of a run's agent that uses a tool of an MCP server without asking. Answers the version that does;
 * undefined when the agent is gone or uses that server no more.
 */
export async function allowMcpTool(
  tx: Transaction,
  { actor, runId, use: { server, tool, rule }, now }: McpToolAllowance,
): Promise<number | undefined> {
  const { orgId } = actor
  const run = await findRun(tx, { orgId, runId })
  if (run === undefined) throw new Fault('run.unknown')
  const row = await findAgent(tx, { orgId, name: run.spec.agentName, isLocked: true })
  const frozen = run.spec.agent
  const uses = row?.spec.runtime === 'claude-code' ? (row.spec.mcp ?? []) : []
  const use = uses.find((one) => one.server === server)
  // In a rule these two stand for other tools.
  if (row === undefined || use === undefined || /[*?]/.test(tool)) return undefined
  const before = frozen.runtime === 'claude-code' ? frozen.mcp?.find((one) => one.server === server) : undefined
  const made = widenUse(use, tool, rule === null ? null : (before?.rules[rule] ?? null))
  if (made === null) return row.version
  const { name, spec, source } = row
  const wider = agentSpecSchema.safeParse({
    ...spec,
    mcp: uses.map((one) => (one === use ? { ...one, rules: one.rules.toSpliced(made.at, 0, made.rule) } : one)),
  })
  if (!wider.success)
    throw new Fault('input.invalid', `The agent ${name} cannot take it: ${wider.error.issues[0]?.message ?? ''}`)
  const text = (source === null ? null : widenText(source, { server, made })) ?? renderAgent(name, wider.data)
  return (await applyAgent(tx, { actor, name, spec: wider.data, source: text, now })).version
}

/** The document with the rule where it belongs; comments and order stay as their author wrote them. */
function widenText(source: string, { server, made }: { server: string; made: Widening }): string | null {
  const document = parseDocument(source)
  const uses = document.getIn(['spec', 'mcp'])
  if (!isSeq(uses)) return null
  const use = uses.items.find((one) => isMap(one) && one.get('server') === server)
  if (!isMap(use)) return null
  const rules = use.get('rules')
  if (isSeq(rules)) rules.items.splice(made.at, 0, document.createNode(made.rule))
  else use.set('rules', document.createNode([made.rule]))
  return document.toString({ lineWidth: 0 })
}
