import type { McpToolRule, McpUse, ToolAnnotations, ToolVerdict } from '@errand/contracts'
import { decideTool } from './toolPolicy.ts'

/** What the rules say about a tool before its arguments are known. `depends`: they decide. */
export type ToolStanding = ToolVerdict | 'depends'

export interface KnownTool {
  readonly tool: string
  readonly annotations: ToolAnnotations | undefined
}

type Policy = Pick<McpUse, 'rules' | 'otherwise'>

export function standingOf({ rules, otherwise }: Policy, tool: KnownTool): ToolStanding {
  const possible = new Set<ToolVerdict>()
  for (const rule of rules) {
    if (!isAbout(rule, tool)) continue
    possible.add(rule.then)
    if (rule.where === undefined) return only(possible)
  }
  return only(possible.add(otherwise))
}

export function countStandings(policy: Policy, tools: readonly KnownTool[]): Readonly<Record<ToolStanding, number>> {
  const counts = { allow: 0, ask: 0, deny: 0, depends: 0 }
  for (const tool of tools) counts[standingOf(policy, tool)] += 1
  return counts
}

/**
 * The rules with one more word about one tool. Names of one verdict stand together in a rule at the top; a word that the
 * other rules say already needs no rule.
 */
export function withToolVerdict(policy: Policy, tool: KnownTool, then: ToolVerdict): readonly McpToolRule[] {
  const rest = policy.rules.flatMap((rule) => {
    if (!isPlain(rule)) return [rule]
    const tools = rule.tools?.filter((name) => name !== tool.tool) ?? []
    return tools.length === 0 ? [] : [{ ...rule, tools }]
  })
  if (standingOf({ ...policy, rules: rest }, tool) === then) return rest
  const [first, ...others] = rest
  if (first !== undefined && isPlain(first) && first.then === then)
    return [{ ...first, tools: [...(first.tools ?? []), tool.tool] }, ...others]
  return [{ tools: [tool.tool], then }, ...rest]
}

/** About tools by their exact names and nothing else. */
function isPlain({ tools, hint, where }: McpToolRule): boolean {
  return hint === undefined && where === undefined && tools !== undefined && tools.every((name) => !/[*?]/.test(name))
}

function isAbout({ where: _where, ...rule }: McpToolRule, tool: KnownTool): boolean {
  return decideTool({ rules: [rule], otherwise: 'allow' }, { ...tool, arguments: {} }).rule === 0
}

function only(possible: ReadonlySet<ToolVerdict>): ToolStanding {
  const [first = 'allow'] = possible
  return possible.size === 1 ? first : 'depends'
}
