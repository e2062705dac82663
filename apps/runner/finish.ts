import { type Changes, type Evidence, type RunFaultCode, RUN_FAULTS, type RunnerEvent } from '@errand/contracts'
import type { HaltReason } from './halt.ts'

export interface Ending {
  /** What stopped the work before its end. */
  readonly halted: HaltReason | null
  /** What went wrong first: a step before the agent, or the agent itself. */
  readonly failure: { readonly code: RunFaultCode; readonly detail: string } | null
  /** Whether the kernel killed a process of this sandbox for want of memory. */
  readonly isOutOfMemory: boolean
  readonly evidence: Evidence | null
  readonly changes: readonly Changes[]
  readonly pushFailures: readonly string[]
  /** What the agent said last; empty for a script. */
  readonly agentWords: string
  readonly isScript: boolean
}

type RunFinished = Extract<RunnerEvent, { type: 'run.finished' }>

const MAX_SENTENCE_CHARS = 280

const HALT_CODES: Partial<Record<HaltReason, RunFaultCode>> = {
  deadline: 'run.deadline',
  'no-progress': 'run.no-progress',
  budget: 'run.budget',
}

/** The run's last word: green only when the agent finished, and the verify command, where there is one, agreed. */
export function finish(ending: Ending): RunFinished {
  if (ending.halted === 'cancelled') {
    return {
      type: 'run.finished',
      status: 'cancelled',
      verdict: 'failed',
      code: 'run.cancelled',
      sentence: RUN_FAULTS['run.cancelled'].words,
    }
  }
  const failure = failureOf(ending)
  if (failure !== null) {
    const detail = failure.detail.slice(0, 4_000)
    return {
      type: 'run.finished',
      status: 'failed',
      verdict: 'failed',
      code: failure.code,
      ...(detail === '' ? {} : { detail }),
      sentence: failureSentence(failure.code, ending),
    }
  }
  const verdict = ending.evidence === null ? 'unverified' : 'verified'
  return { type: 'run.finished', status: 'succeeded', verdict, sentence: successSentence(ending) }
}

function failureOf(ending: Ending): { code: RunFaultCode; detail: string } | null {
  const { halted, failure, evidence, isOutOfMemory, pushFailures } = ending
  const code = halted === null ? undefined : HALT_CODES[halted]
  if (code !== undefined) return { code, detail: failure?.detail ?? '' }
  const hasVerifyFailed = evidence !== null && evidence.exitCode !== 0
  if (isOutOfMemory && (failure !== null || hasVerifyFailed)) {
    return {
      code: 'sandbox.out-of-memory',
      detail: failure?.detail ?? `The verify command ended with exit code ${evidence?.exitCode ?? 0}.`,
    }
  }
  if (failure !== null) return failure
  if (evidence !== null && hasVerifyFailed) return { code: 'verify.failed', detail: `Exit code ${evidence.exitCode}.` }
  return pushFailures.length > 0 ? { code: 'repository.push-failed', detail: pushFailures.join('\n') } : null
}

/** For a task that the agent itself gave up, its own words say more than ours. */
function failureSentence(code: RunFaultCode, { failure }: Ending): string {
  const own = code === 'agent.failed' ? firstSentence(failure?.detail ?? '') : ''
  return own === '' ? RUN_FAULTS[code].words : own
}

function successSentence(ending: Ending): string {
  const own = firstSentence(ending.agentWords)
  if (own !== '') return own
  const who = ending.isScript ? 'The script' : 'The agent'
  const files = ending.changes.reduce((sum, { files: count }) => sum + count, 0)
  const where = ending.changes.map(({ repository }) => repository).join(', ')
  return files === 0
    ? `${who} finished.`
    : `${who} finished and changed ${files} ${files === 1 ? 'file' : 'files'} in ${where}.`
}

/** The first sentence of a text in Markdown, as plain words. */
export function firstSentence(text: string): string {
  const lines = text.split('\n').filter((line) => /[\p{L}\p{N}]/u.test(line))
  // A heading only names what follows.
  const line = lines.find((one) => !/^\s*#/.test(one)) ?? lines[0]
  if (line === undefined) return ''
  const paragraph = line.replace(/^\s*(?:#{1,6}|[-*>]|\d+\.)\s+/, '').trim()
  const plain = paragraph.replaceAll(/\*\*|__|`/g, '')
  const end = /[.!?…](?=\s+[\p{Lu}\p{N}"'(]|\s*$)|[。！？]/u.exec(plain)
  const sentence = end === null ? plain : plain.slice(0, end.index + 1)
  return sentence.length > MAX_SENTENCE_CHARS
    ? `${sentence.slice(0, MAX_SENTENCE_CHARS - 1).toWellFormed()}…`
    : sentence
}
