import type { RowKind } from './row.ts'

export interface Deed {
  readonly kind: RowKind
  readonly done: string
  readonly doing: string
  readonly target: string
}

const KNOWN: Readonly<Record<string, readonly [kind: RowKind, done: string, doing: string]>> = {
  Read: ['read', 'Read', 'Reading'],
  NotebookRead: ['read', 'Read', 'Reading'],
  Write: ['edit', 'Wrote', 'Writing'],
  Edit: ['edit', 'Edited', 'Editing'],
  MultiEdit: ['edit', 'Edited', 'Editing'],
  NotebookEdit: ['edit', 'Edited', 'Editing'],
  Bash: ['command', 'Ran', 'Running'],
  Grep: ['search', 'Searched', 'Searching'],
  Glob: ['search', 'Searched', 'Searching'],
  ToolSearch: ['search', 'Searched', 'Searching'],
  WebFetch: ['web', 'Fetched', 'Fetching'],
  WebSearch: ['web', 'Searched', 'Searching'],
  Agent: ['helper', 'Helper', 'Helper'],
  Task: ['helper', 'Helper', 'Helper'],
  StructuredOutput: ['call', 'Answered', 'Answering'],
}

/** A tool call as a person says it: `Edited src/a.ts`, `Called github · search_issues limits`. */
export function deedOf(tool: string, target: string): Deed {
  const known = Object.hasOwn(KNOWN, tool) ? KNOWN[tool] : undefined
  if (known !== undefined) return { kind: known[0], done: known[1], doing: known[2], target }
  const [prefix, server, ...name] = tool.split('__')
  const callee = prefix === 'mcp' && server !== undefined && name.length > 0 ? `${server} · ${name.join('__')}` : tool
  return { kind: 'call', done: 'Called', doing: 'Calling', target: `${callee} ${target}`.trim() }
}

const MAX_RESULT_CHARS = 36

/** What a tool call came to, in a few words. */
export function resultOf(deed: Pick<Deed, 'kind'>, ok: boolean, output: string): string {
  if (!ok) {
    const code = /^Exit code (\d+)/.exec(output)?.[1]
    return code === undefined ? 'failed' : `exit ${code}`
  }
  if (deed.kind === 'read') return output === '' ? '' : lines(output)
  if (deed.kind !== 'command') return ''
  const last = output.trimEnd().split('\n').at(-1)?.trim() ?? ''
  return last.length > MAX_RESULT_CHARS ? '' : last
}

function lines(text: string): string {
  const n = text.replace(/\n$/, '').split('\n').length
  return `${n} ${n === 1 ? 'line' : 'lines'}`
}
