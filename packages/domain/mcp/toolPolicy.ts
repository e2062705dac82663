import type { McpToolRule, McpUse, ToolAnnotations, ToolHint, ToolVerdict } from '@errand/contracts'

export type ToolPolicy = Pick<McpUse, 'rules' | 'otherwise'>

export interface ToolDecision {
  readonly verdict: ToolVerdict
  /** Which rule decided; null: none fitted. */
  readonly rule: number | null
}

export interface ToolUse {
  readonly tool: string
  /** As they were accepted; nothing that a server says at the moment of a call counts. */
  readonly annotations: ToolAnnotations | undefined
  readonly arguments: Readonly<Record<string, unknown>>
}

/** The first rule that fits decides. An argument that a rule speaks of and that is not there, or not fit, does not fit. */
export function decideTool({ rules, otherwise }: ToolPolicy, use: ToolUse): ToolDecision {
  const rule = rules.findIndex((one) => isAbout(one, use) && fitsArguments(one, use.arguments))
  return rule === -1 ? { verdict: otherwise, rule: null } : { verdict: rules[rule]?.then ?? 'deny', rule }
}

/** Denied whatever its arguments: the model is not shown it. */
export function isToolHidden({ rules, otherwise }: ToolPolicy, tool: Omit<ToolUse, 'arguments'>): boolean {
  for (const rule of rules) {
    if (!isAbout(rule, tool)) continue
    if (rule.then !== 'deny') return false
    if (rule.where === undefined) return true
  }
  return otherwise === 'deny'
}

/** `*` stands for any run of characters, `?` for one. */
export function matchesGlob(pattern: string, text: string): boolean {
  // Greedy with one way back: no pattern takes more than pattern × text steps, whoever wrote the text.
  let [p, t, star, mark] = [0, 0, -1, 0]
  while (t < text.length) {
    if (pattern[p] === '*') {
      star = p++
      mark = t
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === text[t])) {
      p++
      t++
    } else if (star !== -1) {
      p = star + 1
      t = ++mark
    } else {
      return false
    }
  }
  while (pattern[p] === '*') p++
  return p === pattern.length
}

function isAbout({ tools, hint }: McpToolRule, { tool, annotations }: Omit<ToolUse, 'arguments'>): boolean {
  const isNamed = tools === undefined || tools.some((pattern) => matchesGlob(pattern, tool))
  return isNamed && (hint === undefined || hasHint(annotations, hint))
}

/** What a server leaves open counts as the standard says: not read-only, destructive, in an open world. */
function hasHint(annotations: ToolAnnotations | undefined, hint: ToolHint): boolean {
  const {
    readOnlyHint = false,
    destructiveHint = true,
    idempotentHint = false,
    openWorldHint = true,
  } = annotations ?? {}
  switch (hint) {
    case 'readOnly':
      return readOnlyHint
    case 'destructive':
      return !readOnlyHint && destructiveHint
    case 'idempotent':
      return idempotentHint
    case 'openWorld':
      return openWorldHint
  }
}

function fitsArguments({ where }: McpToolRule, given: ToolUse['arguments']): boolean {
  return Object.entries(where ?? {}).every(([path, wanted]) => {
    const found = valuesAt(given, path)
    return found.length > 0 && found.every((value) => fitsValue(value, wanted))
  })
}

function fitsValue(value: unknown, wanted: NonNullable<McpToolRule['where']>[string]): boolean {
  if (Array.isArray(wanted)) {
    const isPlain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    return isPlain && wanted.some((pattern) => matchesGlob(pattern, String(value)))
  }
  const { min = -Infinity, max = Infinity } = wanted as { min?: number; max?: number }
  return typeof value === 'number' && value >= min && value <= max
}

/** What stands at `repository.owner`; of a list each of its parts. A key that has the dots in its own name is found too. */
function valuesAt(value: unknown, path: string): readonly unknown[] {
  if (Array.isArray(value)) return value.flatMap((part: unknown) => valuesAt(part, path))
  if (path === '') return value === undefined || value === null ? [] : [value]
  if (value === null || typeof value !== 'object') return []
  if (Object.hasOwn(value, path)) return valuesAt(Reflect.get(value, path), '')
  const [key = '', ...rest] = path.split('.')
  return Object.hasOwn(value, key) && rest.length > 0 ? valuesAt(Reflect.get(value, key), rest.join('.')) : []
}
