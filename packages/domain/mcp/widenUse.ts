import type { McpToolRule, McpUse } from '@errand/contracts'

export interface Widening {
  readonly rule: McpToolRule
  /** Where it goes among the rules of the server. */
  readonly at: number
}

/**
 * What “always” to one tool adds to an agent's rules: the tool, as far as the rule that asked goes, and just before it,
 * so that nothing which stands before or behind it decides otherwise than it did. Null when it is allowed already.
 */
export function widenUse({ rules }: Pick<McpUse, 'rules'>, tool: string, asking: McpToolRule | null): Widening | null {
  const rule: McpToolRule = { ...asking, tools: [tool], then: 'allow' }
  if (rules.some((one) => isSame(one, rule))) return null
  const place = asking === null ? -1 : rules.findIndex((one) => isSame(one, asking))
  return { rule, at: place === -1 ? rules.length : place }
}

function isSame(one: McpToolRule, other: McpToolRule): boolean {
  return textOf(one) === textOf(other)
}

function textOf({ tools = [], hint, where = {}, then }: McpToolRule): string {
  const sorted = Object.entries(where).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return JSON.stringify([tools, hint ?? null, sorted, then])
}
