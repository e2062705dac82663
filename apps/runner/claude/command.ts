import type { Autonomy, RunSpec } from '@errand/contracts'

export type ClaudeRuntime = Extract<RunSpec['runtime'], { kind: 'claude-code' }>

export interface CommandPlaces {
  /** Base address of the model: the forwarder's. */
  readonly modelOrigin: string
  /** Below which each MCP server has its path: the forwarder's. */
  readonly mcpOrigin: string
  readonly systemPromptFile: string
  readonly sessionId: string
  /** All folders of the run, beside the one it starts in. */
  readonly workspace: string
  /** A connection may be held for minutes while a person is asked for its host. */
  readonly isHolding: boolean
  /** Whether the runner is root, which only happens where a machine cannot isolate and its owner allowed that. */
  readonly isRoot: boolean
}

/** What the agent may use. The web tools are left out: what a run may reach is the network policy's to say. */
const TOOLS = ['Bash', 'Read', 'Edit', 'Write', 'NotebookEdit', 'Agent', 'Skill']

/** By which the agent says that its plan is ready. */
export const PLAN_TOOL = 'ExitPlanMode'

/** Reading is no risk in a sandbox, wherever it is. */
const ALWAYS_ALLOWED = ['Read']

/**
 * The CLI's own mode behind each autonomy. `plan` lets nothing be changed until the plan is approved; `acceptEdits` lets
 * files of the workspace be edited and asks for commands that do more than read.
 */
const MODES: Readonly<Record<Autonomy, string>> = { plan: 'plan', edit: 'bypassPermissions', ask: 'acceptEdits' }

/**
 * The arguments of a headless run whose checked-in settings may be hostile: no hooks, no MCP servers but ours, and the
 * model's address set where a repository cannot reach it. CLAUDE.md, skills and agents of the repository stay.
 */
export function claudeArguments(runtime: ClaudeRuntime, places: CommandPlaces): string[] {
  const autonomy = autonomyOf(runtime)
  const settings = {
    disableAllHooks: true,
    attribution: { commit: '', pr: '' },
    env: { ANTHROPIC_BASE_URL: places.modelOrigin },
    ...(autonomy === 'edit' ? {} : { permissions: permissionsOf(runtime) }),
  }
  return [
    ...[
      '-p',
      '--verbose',
      '--input-format',
      'stream-json',
      '--output-format',
      'stream-json',
      '--include-partial-messages',
    ],
    ...['--permission-mode', MODES[autonomy], '--permission-prompt-tool', 'stdio'],
    ...['--tools', [...TOOLS, ...(autonomy === 'plan' ? [PLAN_TOOL] : [])].join(',')],
    ...(autonomy === 'edit' ? [] : ['--add-dir', places.workspace]),
    ...['--strict-mcp-config', '--mcp-config', JSON.stringify({ mcpServers: serversOf(runtime, places) })],
    ...['--settings', JSON.stringify(settings)],
    ...['--append-system-prompt-file', places.systemPromptFile],
    ...['--session-id', places.sessionId],
    ...(runtime.model === null ? [] : ['--model', runtime.model]),
    ...(runtime.maxTurns === null ? [] : ['--max-turns', String(runtime.maxTurns)]),
    ...(runtime.outputSchema === null ? [] : ['--json-schema', JSON.stringify(runtime.outputSchema)]),
  ]
}

/** Without any token: the forwarder adds the run's own. */
function serversOf({ mcp = [] }: ClaudeRuntime, { mcpOrigin }: CommandPlaces): object {
  return Object.fromEntries(
    mcp.map(({ server, callMs }) => [server, { type: 'http', url: `${mcpOrigin}/${server}`, timeout: callMs }]),
  )
}

/** A gateway of an older Errand says nothing of it. */
export function autonomyOf(runtime: ClaudeRuntime): Autonomy {
  return runtime.autonomy ?? 'edit'
}

/** Auto mode would ask a model of the provider's in a person's place. */
function permissionsOf({ allowedTools = [], mcp = [] }: ClaudeRuntime): object {
  // What of a server needs a person's word, the gateway knows: it holds the call and asks.
  const servers = mcp.map(({ server }) => `mcp__${server}`)
  return { allow: [...ALWAYS_ALLOWED, ...allowedTools, ...servers], disableAutoMode: 'disable' }
}

/** On top of the agent's environment. The key is a dummy: the gateway puts the real one in its place. */
export function claudeEnv(places: CommandPlaces, { mcp = [] }: Pick<ClaudeRuntime, 'mcp'>): Record<string, string> {
  return {
    ANTHROPIC_BASE_URL: places.modelOrigin,
    ANTHROPIC_API_KEY: 'set-by-the-gateway',
    CLAUDE_CODE_PROVIDER_MANAGED_BY_HOST: '1',
    CLAUDE_CODE_STARTUP_FAILURE_RESULTS: '1',
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: '1',
    CLAUDE_CODE_DISABLE_AUTO_MEMORY: '1',
    CLAUDE_CODE_DISABLE_CRON: '1',
    CLAUDE_CODE_MAX_RETRIES: '4',
    CLAUDE_BYTE_STREAM_IDLE_TIMEOUT_MS: '120000',
    DISABLE_AUTOUPDATER: '1',
    ...(places.isHolding ? { BASH_DEFAULT_TIMEOUT_MS: '900000', BASH_MAX_TIMEOUT_MS: '3600000' } : {}),
    ...(mcp.length === 0 ? {} : mcpEnv(mcp)),
    ...(places.isRoot ? { IS_SANDBOX: '1' } : {}),
  }
}

const START_MS = 60_000

/** How long start and calls may take is the server's to say; a person may have to be waited for besides. */
function mcpEnv(mcp: NonNullable<ClaudeRuntime['mcp']>): Record<string, string> {
  const longestMs = Math.max(...mcp.map(({ callMs }) => callMs))
  return {
    MCP_TIMEOUT: String(Math.max(...mcp.map(({ startMs = START_MS }) => startMs))),
    MCP_TOOL_TIMEOUT: String(longestMs),
    CLAUDE_CODE_MCP_TOOL_IDLE_TIMEOUT: String(longestMs),
    CLAUDE_CODE_MCP_AUTO_BACKGROUND_MS: '0',
  }
}

/**
 * The task as the first line on standard input. The prompt never comes first: a text that begins with a slash would be
 * taken for one of the CLI's own commands.
 */
export function promptLine(prompt: string): string {
  return line({ type: 'user', message: { role: 'user', content: [{ type: 'text', text: `Task:\n\n${prompt}` }] } })
}

/** Asks the agent to stop what it does and to give its result. */
export function interruptLine(): string {
  return line({ type: 'control_request', request_id: 'interrupt', request: { subtype: 'interrupt' } })
}

/**
 * Another message of a person. `next` is read with the result of the step under way, `later` begins a turn of its own
 * after this one; either goes on at once when nothing is under way.
 */
export function noteLine(text: string, { uuid, priority }: { uuid: string; priority: 'next' | 'later' }): string {
  const said = `A note from the person you work for:\n\n${text}`
  return line({ type: 'user', uuid, priority, message: { role: 'user', content: [{ type: 'text', text: said }] } })
}

/** Takes a message back that the agent has not read. */
export function takeBackLine(uuid: string): string {
  const request = { subtype: 'cancel_async_message', message_uuid: uuid }
  return line({ type: 'control_request', request_id: `take-back-${uuid}`, request })
}

export type Permission =
  | { readonly behavior: 'allow'; readonly updatedInput: unknown; readonly updatedPermissions?: readonly unknown[] }
  | { readonly behavior: 'deny'; readonly message: string }

export function permissionLine(requestId: string, permission: Permission): string {
  return line({
    type: 'control_response',
    response: { subtype: 'success', request_id: requestId, response: permission },
  })
}

export function refuseControlLine(requestId: string, subtype: string): string {
  return line({
    type: 'control_response',
    response: { subtype: 'error', request_id: requestId, error: `${subtype} is not supported here` },
  })
}

function line(value: unknown): string {
  return `${JSON.stringify(value)}\n`
}
