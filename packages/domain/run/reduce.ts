import type { RunEvent, RunEventBody, StepName } from '@errand/contracts'
import { RUN_FAULTS } from '@errand/contracts'
import { cut, lastLine } from './activity.ts'
import { foldTalk, isTalk, useHostAnswer } from './asking.ts'
import { foldPull } from '../pull/foldPull.ts'
import { isTerminal, type RunState, type StepState } from './state.ts'

const START: RunState = {
  status: 'queued',
  seq: 0,
  agent: '',
  agentVersion: 0,
  repositories: [],
  retryOf: null,
  createdAt: '',
  admittedAt: null,
  sandboxStartedAt: null,
  waitingFor: null,
  placed: null,
  runnerStartedAt: null,
  agentStartedAt: null,
  cancelRequestedAt: null,
  endedAt: null,
  goneAt: null,
  lastEventAt: '',
  code: null,
  detail: null,
  verdict: null,
  sentence: null,
  evidence: null,
  changes: [],
  steps: [],
  usage: {
    calls: 0,
    inputTokens: 0,
    outputTokens: 0,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    costUsd: 0,
    unpricedCalls: 0,
  },
  budgetUsd: null,
  isBudgetReached: false,
  questions: [],
  hostAnswers: [],
  mcpAllowed: [],
  signInsRefused: [],
  waitingSince: null,
  waitedMs: 0,
  talkSeq: 0,
  notes: [],
  pulls: [],
  toolCalls: 0,
  blockedHosts: 0,
  artifacts: 0,
  activity: 'Waiting for a place',
  model: null,
}

const STEP_WORDS: Record<StepName, string> = {
  sandbox: 'Starting the sandbox',
  wall: 'Proving the wall',
  clone: 'Cloning',
  inputs: 'Fetching the input files',
  setup: 'Running the setup command',
  agent: 'Starting the agent',
  verify: 'Verifying',
  collect: 'Collecting the artifacts',
}

/**
 * Folds one event into what is known of a run. Total and deterministic: no clock, no I/O.
 * A terminal status absorbs: what comes later may add artifacts, usage and the end of the sandbox, never another outcome.
 * `state` is null before the first event.
 */
export function reduce(state: RunState | null, event: RunEvent): RunState {
  return reduceWhole(wholeState(state), event)
}

/** The same for a state that is whole already, as every fold leaves it: half the work where many events follow each other. */
export function reduceWhole(before: RunState, event: RunEvent): RunState {
  if (event.seq <= before.seq) return before
  const talkSeq = isTalk(event.body) ? event.seq : before.talkSeq
  const next = { ...fold(before, event.body, event.at), seq: event.seq, lastEventAt: event.at, talkSeq }
  return isTerminal(before.status) ? { ...next, ...outcomeOf(before) } : next
}

/** A run that began under an older Errand was stored without the fields that came since. */
export function wholeState(stored: RunState | null): RunState {
  return { ...START, ...stored }
}

function outcomeOf(
  state: RunState,
): Pick<RunState, 'status' | 'code' | 'detail' | 'verdict' | 'sentence' | 'endedAt' | 'activity'> {
  const { status, code, detail, verdict, sentence, endedAt, activity } = state
  return { status, code, detail, verdict, sentence, endedAt, activity }
}

/** A run that is over asks nothing. */
const NOTHING_OPEN = { questions: [], waitingSince: null } as const

/** What moves a run on: its steps, and how it ends. */
function fold(s: RunState, body: RunEventBody, at: string): RunState {
  switch (body.type) {
    case 'run.created':
      return { ...s, ...createdFrom(body, at) }
    case 'run.admitted':
      return admitted(s, at)
    case 'sandbox.started':
      return { ...s, sandboxStartedAt: at }
    case 'sandbox.waiting':
      return waitsFor(s, body, at)
    case 'sandbox.placed':
      return { ...s, placed: placedAt(s, body, at) }
    case 'runner.started':
      return {
        ...s,
        waitingFor: null,
        runnerStartedAt: at,
        steps: finishStep(s.steps, 'sandbox', { at, ok: true, detail: null }),
      }
    case 'step.started': {
      const steps = startStep(s.steps, body.step, at)
      return { ...s, steps, activity: STEP_WORDS[body.step], status: statusAtStep(s, body.step) }
    }
    case 'step.finished': {
      const { ok, ms, detail = null } = body
      return { ...s, steps: finishStep(s.steps, body.step, { at, ok, detail, ms }) }
    }
    case 'cancel.requested':
      return { ...s, cancelRequestedAt: s.cancelRequestedAt ?? at, activity: 'Stopping' }
    case 'run.finished':
      return { ...s, ...NOTHING_OPEN, ...endOf(body, at) }
    case 'run.ended':
      return {
        ...s,
        ...NOTHING_OPEN,
        ...endOf({ ...body, verdict: 'failed', sentence: RUN_FAULTS[body.code].words }, at),
      }
    case 'sandbox.gone':
      return { ...s, goneAt: s.goneAt ?? at }
    default:
      return foldWork(s, body, at)
  }
}

type Work = Exclude<
  RunEventBody,
  { type: `run.${string}` | `step.${string}` | `sandbox.${string}` | 'runner.started' | 'cancel.requested' }
>

/** What happens on the way. */
function foldWork(s: RunState, body: Work, at: string): RunState {
  switch (body.type) {
    case 'agent.started': {
      const model = body.model ?? s.model
      const status = s.questions.length > 0 ? s.status : 'running'
      return { ...s, status, agentStartedAt: s.agentStartedAt ?? at, model, activity: 'Thinking' }
    }
    case 'text.appended':
      return { ...s, activity: lastLine(body.text) || s.activity }
    case 'tool.started':
      return { ...s, toolCalls: s.toolCalls + 1, activity: cut(`${body.tool} ${body.target}`.trim()) }
    case 'model.retried':
      return { ...s, activity: cut(`Waiting for the model: ${body.words}`) }
    case 'verify.finished':
      return { ...s, evidence: body.evidence }
    case 'changes.collected':
      return { ...s, changes: [...s.changes, body.changes] }
    case 'usage.metered':
      return { ...s, usage: addUsage(s.usage, body) }
    case 'budget.reached':
      return { ...s, isBudgetReached: true }
    case 'egress.allowed':
      return useHostAnswer(s, body)
    case 'egress.blocked':
      return { ...s, blockedHosts: s.blockedHosts + 1 }
    case 'artifact.added':
      return { ...s, artifacts: s.artifacts + 1 }
    case 'question.asked':
    case 'question.answered':
    case 'question.expired':
    case 'host.asked':
    case 'host.allowed':
    case 'mcp.asked':
    case 'sign-in.asked':
    case 'sign-in.done':
    case 'note.sent':
    case 'note.removed':
    case 'note.delivered':
      return foldTalk(s, body, at)
    case 'pull.opened':
    case 'pull.changed':
      return { ...s, pulls: foldPull(s.pulls, body) }
    case 'thought.appended':
    case 'tool.finished':
    case 'output.appended':
    case 'note.raised':
    case 'git.accessed':
    case 'mcp.called':
      return s
  }
}

function admitted(s: RunState, at: string): RunState {
  const status = s.status === 'queued' ? 'starting' : s.status
  const admittedAt = s.admittedAt ?? at
  if (s.runnerStartedAt === null)
    return { ...s, status, admittedAt, activity: STEP_WORDS.sandbox, steps: startStep(s.steps, 'sandbox', at) }
  // The runner in a warm sandbox was quicker than the word of it.
  const done = finishStep(startStep([], 'sandbox', s.runnerStartedAt), 'sandbox', { at, ok: true, detail: null, ms: 0 })
  return { ...s, status, admittedAt, steps: [...done, ...s.steps] }
}

type WaitsFor = Extract<RunEventBody, { type: 'sandbox.waiting' }>

function waitsFor(s: RunState, body: WaitsFor, at: string): RunState {
  const { code, detail = null } = body
  if (code === null) return { ...s, waitingFor: null, activity: STEP_WORDS.sandbox }
  const before = s.waitingFor
  const since = before !== null && before.code === code ? before.since : at
  return { ...s, waitingFor: { code, detail, since }, activity: RUN_FAULTS[code].words }
}

type Placed = Extract<RunEventBody, { type: 'sandbox.placed' }>

function placedAt({ placed }: RunState, { node, images }: Placed, at: string): RunState['placed'] {
  return { node, at: placed?.at ?? at, images: images === undefined ? null : { words: images, at } }
}

type Created = Extract<RunEventBody, { type: 'run.created' }>

function createdFrom(
  { agent, agentVersion, repositories, budgetUsd, retryOf }: Created,
  at: string,
): Partial<RunState> {
  return { createdAt: at, agent, agentVersion, repositories, budgetUsd, retryOf: retryOf ?? null }
}

type Finished = Omit<Extract<RunEventBody, { type: 'run.finished' }>, 'type'>

function endOf({ status, verdict, code, detail, sentence }: Finished, at: string): ReturnType<typeof outcomeOf> {
  return { status, verdict, code: code ?? null, detail: detail ?? null, sentence, endedAt: at, activity: sentence }
}

function statusAtStep(s: RunState, step: StepName): RunState['status'] {
  // A question stays open whatever else goes on beside it.
  if (s.questions.length > 0) return s.status
  if (step === 'agent') return 'running'
  return step === 'verify' ? 'verifying' : s.status
}

function startStep(steps: readonly StepState[], step: StepName, at: string): readonly StepState[] {
  if (steps.some((one) => one.step === step)) return steps
  return [...steps, { step, startedAt: at, ms: null, ok: null, detail: null }]
}

function finishStep(
  steps: readonly StepState[],
  step: StepName,
  end: { at: string; ok: boolean; detail: string | null; ms?: number },
): readonly StepState[] {
  return steps.map((one) => {
    if (one.step !== step || one.ms !== null) return one
    return {
      ...one,
      ms: end.ms ?? Math.max(0, Date.parse(end.at) - Date.parse(one.startedAt)),
      ok: end.ok,
      detail: end.detail,
    }
  })
}

type Metered = Extract<RunEventBody, { type: 'usage.metered' }>

function addUsage(u: RunState['usage'], m: Metered): RunState['usage'] {
  return {
    calls: u.calls + 1,
    inputTokens: u.inputTokens + m.inputTokens,
    outputTokens: u.outputTokens + m.outputTokens,
    cacheReadTokens: u.cacheReadTokens + m.cacheReadTokens,
    cacheWriteTokens: u.cacheWriteTokens + m.cacheWriteTokens,
    costUsd: u.costUsd + (m.costUsd ?? 0),
    unpricedCalls: u.unpricedCalls + (m.costUsd === null ? 1 : 0),
  }
}
