import type { RunSpec } from '@errand/contracts'

export type ClaudeRuntime = Extract<RunSpec['runtime'], { kind: 'claude-code' }>

export interface CommandPlaces {
  /** Base address of the model: the forwarder's. */
  readonly modelOrigin: string
  readonly systemPromptFile: string
  readonly sessionId: string
  /** Whether the runner is root, which only happens where a machine cannot isolate and its owner allowed that. */
  readonly isRoot: boolean
}

/** What the agent may use. The web tools are left out: what a run may reach is the network policy's to say. */
const TOOLS = ['Bash', 'Read', 'Edit', 'Write', 'NotebookEdit', 'Agent', 'Skill']

/**
 * The arguments of a headless run whose checked-in settings may be hostile: no hooks, no MCP servers but ours, and the
 * model's address set where a repository cannot reach it. CLAUDE.md, skills and agents of the repository stay.
 */
export function claudeArguments(runtime: ClaudeRuntime, places: CommandPlaces): string[] {
  const settings = {
    disableAllHooks: true,
    attribution: { commit: '', pr: '' },
    env: { ANTHROPIC_BASE_URL: places.modelOrigin },
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
    ...['--permission-mode', 'bypassPermissions', '--permission-prompt-tool', 'stdio'],
    ...['--tools', TOOLS.join(',')],
    ...['--strict-mcp-config', '--mcp-config', JSON.stringify({ mcpServers: {} })],
    ...['--settings', JSON.stringify(settings)],
    ...['--append-system-prompt-file', places.systemPromptFile],
    ...['--session-id', places.sessionId],
    ...(runtime.model === null ? [] : ['--model', runtime.model]),
    ...(runtime.maxTurns === null ? [] : ['--max-turns', String(runtime.maxTurns)]),
    ...(runtime.outputSchema === null ? [] : ['--json-schema', JSON.stringify(runtime.outputSchema)]),
  ]
}

/** On top of the agent's environment. The key is a dummy: the gateway puts the real one in its place. */
export function claudeEnv(places: CommandPlaces): Record<string, string> {
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
    ...(places.isRoot ? { IS_SANDBOX: '1' } : {}),
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

/** Says yes to a tool: inside the sandbox the walls decide, not questions that nobody is there to answer. */
export function allowLine(requestId: string, input: unknown): string {
  return line({
    type: 'control_response',
    response: { subtype: 'success', request_id: requestId, response: { behavior: 'allow', updatedInput: input } },
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
