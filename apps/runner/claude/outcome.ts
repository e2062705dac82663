import { type FaultCode, RUN_FAULTS, type RunFaultCode } from '@errand/contracts'
import { type Json, listOf, numberOf, textOf } from './json.ts'

export type AgentOutcome =
  | { readonly kind: 'done'; readonly text: string; readonly structured: unknown }
  | { readonly kind: 'failed'; readonly code: RunFaultCode; readonly detail: string }

export interface ClaudeEnd {
  /** The last `result` of the stream. */
  readonly result: Json | null
  readonly exitCode: number | null
  readonly signal: string | null
  /** It gave its result but had to be stopped, so how the process ended says nothing. */
  readonly isStuck: boolean
  readonly hasSchema: boolean
  /** Why the gateway refused a model call of this run, the last time it did. */
  readonly refusedWith: FaultCode | null
  readonly stderr: string
}

/**
 * Whether the agent did its task. `subtype: "success"` and exit code 0 do not mean that: success is a last result
 * without error, exit code 0, and a structured result where one was asked for.
 */
export function outcomeOf(end: ClaudeEnd): AgentOutcome {
  const { result } = end
  if (result === null) return failed('agent.crashed', crashWords(end))
  const words = resultWords(result)
  if (result['is_error'] === true || result['subtype'] !== 'success')
    return failed(codeOf(result, words, end.refusedWith), words)
  if (end.exitCode !== 0 && !end.isStuck) return failed('agent.crashed', crashWords(end))
  const structured = result['structured_output']
  if (end.hasSchema && structured === undefined)
    return failed('output.invalid', 'The agent ended without giving the structured result.')
  return { kind: 'done', text: words, structured }
}

/** What can be wrong with a model call so that the run ends for it. Other faults of the gateway are its own. */
const MODEL_FAULTS = [
  'run.budget',
  'credential.missing',
  'model.unauthorized',
  'model.refused',
  'model.unavailable',
  'model.rejected',
] as const satisfies readonly RunFaultCode[]

function codeOf(result: Json, words: string, refusedWith: FaultCode | null): RunFaultCode {
  switch (result['subtype']) {
    case 'error_max_turns':
      return 'agent.turns'
    case 'error_max_budget_usd':
      return 'run.budget'
    case 'error_max_structured_output_retries':
      return 'output.invalid'
  }
  if (result['stop_reason'] === 'refusal') return 'model.refused'
  const status = numberOf(result['api_error_status'])
  const isAboutModel = status !== undefined || result['terminal_reason'] === 'api_error'
  // The gateway knows better than a status what was wrong; Claude Code rewords some of its answers.
  if (isAboutModel) {
    return MODEL_FAULTS.find((code) => code === refusedWith) ?? faultNamedIn(words) ?? codeOfStatus(status)
  }
  if (['prompt_too_long', 'image_error'].includes(textOf(result['terminal_reason']) ?? '')) return 'model.rejected'
  return result['subtype'] === 'success' ? 'agent.failed' : 'agent.crashed'
}

function codeOfStatus(status: number | undefined): RunFaultCode {
  if (status === undefined || status === 429 || status >= 500) return 'model.unavailable'
  if (status === 401 || status === 403) return 'model.unauthorized'
  return status === 402 ? 'run.budget' : 'model.rejected'
}

/** Nothing but the table words a failure, so its words in an answer name the fault. */
function faultNamedIn(words: string): RunFaultCode | null {
  return MODEL_FAULTS.find((code) => words.includes(RUN_FAULTS[code].words)) ?? null
}

function resultWords(result: Json): string {
  const errors = listOf(result['errors']).filter((error) => typeof error === 'string')
  return (textOf(result['result']) ?? errors.join('\n')).slice(0, 20_000)
}

function crashWords({ exitCode, signal, stderr }: ClaudeEnd): string {
  const how = signal === null ? `It ended with exit code ${exitCode ?? 'unknown'}.` : `It was ended by ${signal}.`
  const last = stderr.trim().split('\n').slice(-5).join('\n')
  return last === '' ? how : `${how}\n${last}`
}

function failed(code: RunFaultCode, detail: string): AgentOutcome {
  return { kind: 'failed', code, detail: detail.slice(0, 4_000) }
}
