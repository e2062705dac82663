import type { OpenQuestion } from '@errand/domain'

type ToolQuestion = Extract<OpenQuestion, { kind: 'tool' }>

export interface QuestionWords {
  readonly title: string
  /** What would be done, whole. */
  readonly exact: string
  /** Before it: `Tool Bash, exactly this:`. */
  readonly of: string
  /** The agent's own words on it; they are a claim. */
  readonly reason: string | null
}

/** A question of a tool as one asks a person. What would be done is never cut and never worded anew. */
export function questionWords({ tool, target, input }: ToolQuestion): QuestionWords {
  const given = parsed(input)
  const of = `Tool ${toolName(tool)}, exactly this:`
  const reason = text(given['description'])
  const command = text(given['command'])
  if (tool === 'Bash' && command !== null)
    return {
      title: 'May it run this command?',
      exact: withRest(command, given, ['command', 'description']),
      of,
      reason,
    }
  const plan = text(given['plan'])
  if (tool === 'ExitPlanMode' && plan !== null)
    return { title: 'May it work by this plan?', exact: plan, of: 'Its plan:', reason: null }
  const path = text(given['file_path']) ?? text(given['notebook_path'])
  if (path !== null) return { title: `May it change ${target || path}?`, exact: named(given), of, reason: null }
  const title = tool.startsWith('mcp__') ? `May it call ${toolName(tool)}?` : `May it use ${tool}?`
  return { title, exact: Object.keys(given).length === 0 ? input : named(given), of, reason }
}

/** `server · tool` of a server's tool. */
function toolName(tool: string): string {
  const [prefix, server, ...name] = tool.split('__')
  return prefix === 'mcp' && server !== undefined && name.length > 0 ? `${server} · ${name.join('__')}` : tool
}

/** A timeout or a flag beside the command changes what happens: it is shown too. */
function withRest(command: string, given: Readonly<Record<string, unknown>>, told: readonly string[]): string {
  const rest = Object.fromEntries(Object.entries(given).filter(([name]) => !told.includes(name)))
  return Object.keys(rest).length === 0 ? command : `${command}\n\n${named(rest)}`
}

function named(given: Readonly<Record<string, unknown>>): string {
  return Object.entries(given)
    .map(([name, value]) => {
      const shown = typeof value === 'string' ? value : JSON.stringify(value, null, 2)
      return shown.includes('\n') ? `${name}:\n${shown}` : `${name}: ${shown}`
    })
    .join('\n')
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}

/** Nothing when it is no JSON object: then it is shown as it came. */
function parsed(input: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(input)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
  } catch {
    return {}
  }
}
