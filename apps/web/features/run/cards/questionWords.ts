import type { OpenQuestion } from '@errand/domain'
import type { Row } from '../../timeline/row.ts'

type ToolQuestion = Extract<OpenQuestion, { kind: 'tool' }>

export interface QuestionWords {
  readonly title: string
  /** What would be done, whole. */
  readonly exact: string
  /** Before it: `Tool Bash, exactly this:`. */
  readonly of: string
}

/**
 * A question of a tool as one asks a person. What would be done is never cut and never worded anew: a command and a plan
 * come as they are, everything else as JSON whose fields are shown by name.
 */
export function questionWords({ tool, target, input, mcp }: ToolQuestion): QuestionWords {
  if (mcp !== undefined) {
    const given = parsed(input)
    return {
      title: `May it call ${mcp.tool} of ${mcp.server}?`,
      exact: Object.keys(given).length > 0 ? named(given) : input.trim() === '{}' ? 'no arguments' : input,
      of: `Tool ${mcp.tool} of the MCP server ${mcp.server}, exactly with this:`,
    }
  }
  const of = `Tool ${toolName(tool)}, exactly this:`
  if (tool === 'Bash') return { title: 'May it run this command?', exact: input, of }
  if (tool === 'ExitPlanMode') return { title: 'May it work by this plan?', exact: input, of: 'Its plan:' }
  const given = parsed(input)
  const exact = Object.keys(given).length === 0 ? input : named(given)
  const path = text(given['file_path']) ?? text(given['notebook_path'])
  if (path !== null) return { title: `May it change ${target || path}?`, exact, of }
  return { title: tool.startsWith('mcp__') ? `May it call ${toolName(tool)}?` : `May it use ${tool}?`, exact, of }
}

/** What the agent said the command is for, when it began the call that waits now. A claim, and shown as one. */
export function reasonIn(rows: readonly Row[], { tool, input }: ToolQuestion): string | null {
  if (tool !== 'Bash') return null
  for (const row of rows.toReversed()) {
    for (const one of [row, ...row.lane]) {
      if (!one.isRunning || one.kind !== 'command') continue
      const given = parsed(one.input)
      if (given['command'] === input) return text(given['description'])
    }
  }
  return null
}

/** `server · tool` of a server's tool. */
function toolName(tool: string): string {
  const [prefix, server, ...name] = tool.split('__')
  return prefix === 'mcp' && server !== undefined && name.length > 0 ? `${server} · ${name.join('__')}` : tool
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
