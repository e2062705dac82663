import { type McpToolRule, mcpToolRuleSchema, TOOL_HINTS } from '@errand/contracts'

/**
 * A rule as a line that people read and write:
 * `deny delete_*` · `ask * that destructive` · `allow create_issue when owner is acme and repo is app, web-*` ·
 * `ask pay when amount at least 100`.
 */
export function ruleText({ tools, hint, where, then }: McpToolRule): string {
  const about = tools === undefined ? '*' : tools.join(', ')
  const claim = hint === undefined ? '' : ` that ${hint}`
  const when = Object.entries(where ?? {}).map(([path, wanted]) => {
    if (Array.isArray(wanted)) return `${path} is ${wanted.join(', ')}`
    const { min, max } = wanted
    const least = min === undefined ? [] : [`${path} at least ${min}`]
    return [...least, ...(max === undefined ? [] : [`${path} at most ${max}`])].join(' and ')
  })
  return `${then} ${about}${claim}${when.length === 0 ? '' : ` when ${when.join(' and ')}`}`
}

export type ReadRules =
  | { readonly kind: 'rules'; readonly rules: readonly McpToolRule[] }
  | { readonly kind: 'wrong'; readonly words: string }

const FORM = /^(allow|ask|deny)\s+(.+?)(?:\s+that\s+(\w+))?(?:\s+when\s+(.+))?$/
const HOW =
  'write allow, ask or deny, then tools: deny delete_*; or ask * that destructive; or ask pay when amount at least 100'

/** One rule a line, the first that fits decides. */
export function readRules(text: string): ReadRules {
  const rules: McpToolRule[] = []
  for (const line of text.split('\n').map((one) => one.trim())) {
    if (line === '') continue
    const [, then, tools = '', hint, when] = FORM.exec(line) ?? []
    if (then === undefined) return { kind: 'wrong', words: `${line}: ${HOW}.` }
    if (hint !== undefined && !TOOL_HINTS.some((one) => one === hint))
      return { kind: 'wrong', words: `${line}: a claim is one of ${TOOL_HINTS.join(', ')}.` }
    const where = when === undefined ? undefined : readWhere(when)
    if (where === null)
      return {
        kind: 'wrong',
        words: `${line}: after when stands “argument is value, value” or “argument at most 100”.`,
      }
    const names = listed(tools)
    if (names.some((name) => /\s/.test(name))) return { kind: 'wrong', words: `${line}: ${HOW}.` }
    const parsed = mcpToolRuleSchema.safeParse({
      ...(names.length === 1 && names[0] === '*' ? {} : { tools: names }),
      ...(hint === undefined ? {} : { hint }),
      ...(where === undefined ? {} : { where }),
      then,
    })
    if (!parsed.success) return { kind: 'wrong', words: `${line}: ${parsed.error.issues[0]?.message ?? HOW}.` }
    rules.push(parsed.data)
  }
  return { kind: 'rules', rules }
}

function readWhere(text: string): Record<string, unknown> | null {
  const where: Record<string, unknown> = {}
  for (const part of text.split(/\s+and\s+/)) {
    const [, path, word, value = ''] = /^(\S+)\s+(is|at most|at least)\s+(.+)$/.exec(part) ?? []
    if (path === undefined) return null
    if (word === 'is') {
      where[path] = listed(value)
      continue
    }
    const number = Number(value)
    if (Number.isNaN(number)) return null
    const before = where[path]
    where[path] = {
      ...(typeof before === 'object' && before !== null && !Array.isArray(before) ? before : {}),
      [word === 'at most' ? 'max' : 'min']: number,
    }
  }
  return where
}

const listed = (text: string): string[] =>
  text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
