import { RUN_FAULTS, type RunEvent, type RunEventBody } from '@errand/contracts'
import { addTalk } from './addTalk.ts'
import { addWork } from './addWork.ts'
import { newRow } from './newRow.ts'
import type { RowKind } from './row.ts'
import type { Timeline } from './rows.ts'

/** What one event does to the timeline. */
export function addEvent(timeline: Timeline, event: RunEvent): void {
  const { body } = event
  switch (body.type) {
    case 'run.created': {
      const who = `${body.agent} v${body.agentVersion}`
      timeline.append(newRow(event, { kind: 'fired', verb: 'Fired', target: who, result: `by ${body.by}` }))
      return
    }
    case 'step.started':
    case 'step.finished':
    case 'output.appended':
    case 'verify.finished':
      return addStep(timeline, event)
    case 'agent.started':
      return startAgent(timeline, event, body)
    case 'cancel.requested':
      timeline.append(newRow(event, { kind: 'stop', verb: 'Stop', target: `asked for by ${body.by}` }))
      return
    case 'run.finished':
    case 'run.ended':
      return addEnd(timeline, event)
    case 'sandbox.gone':
      timeline.append(newRow(event, { kind: 'gone', verb: 'Gone', target: 'the sandbox and everything in it' }))
      return
    case 'question.asked':
    case 'mcp.asked':
    case 'sign-in.asked':
    case 'sign-in.done':
    case 'host.asked':
    case 'host.allowed':
    case 'question.answered':
    case 'question.expired':
    case 'note.sent':
    case 'note.delivered':
    case 'note.removed':
      return addTalk(timeline, event)
    case 'run.admitted':
    case 'sandbox.started':
    case 'runner.started':
    case 'usage.metered':
    case 'egress.allowed':
    case 'mcp.called':
      // The start-up list, Usage, Network and the agent's own use of the tool tell these.
      return
    default:
      return addWork(timeline, event)
  }
}

/** A script names no model and no version: it is a command, and what its step prints is all that it says. */
function startAgent(timeline: Timeline, event: RunEvent, { model, version }: AgentStarted): void {
  if (model !== undefined || version !== undefined) {
    const result = version === undefined ? '' : `Claude Code ${version}`
    timeline.append(newRow(event, { kind: 'agent', verb: 'Started', target: model ?? 'the agent', result }))
    return
  }
  const row = newRow(event, { kind: 'script', verb: 'Running', target: 'the script', tone: 'live', isRunning: true })
  timeline.open.set('step agent', timeline.append(row))
}

type AgentStarted = Extract<RunEventBody, { type: 'agent.started' }>

const STEPS: Partial<Record<string, readonly [kind: RowKind, verb: string, target: string]>> = {
  setup: ['setup', 'Set up', 'the setup command'],
  verify: ['verify', 'Verified', 'the verify command'],
}
const FAILED_STEPS: Readonly<Record<string, string>> = {
  sandbox: 'the sandbox',
  wall: 'the wall',
  clone: 'the clone',
  inputs: 'the input files',
  agent: 'the agent',
  collect: 'the artifacts',
}
/** Of what a step printed; the log artifact has all of it. */
const MAX_STEP_OUTPUT = 20_000

/** Steps with a command of their own are rows; the others only when they failed. */
function addStep(timeline: Timeline, event: RunEvent): void {
  const { body } = event
  switch (body.type) {
    case 'step.started': {
      const shown = STEPS[body.step]
      if (shown === undefined) return
      const [kind, verb, target] = shown
      const row = newRow(event, { kind, verb, target, isRunning: true })
      timeline.open.set(`step ${body.step}`, timeline.append(row))
      return
    }
    case 'output.appended': {
      const place = timeline.open.get(`step ${body.step}`)
      const row = place === undefined ? undefined : timeline.at(place)
      if (place !== undefined && row !== undefined) timeline.change(place, { output: tail(row.output + body.text) })
      return
    }
    case 'verify.finished': {
      const place = timeline.open.get('step verify')
      const { command, exitCode, output } = body.evidence
      const shown = { target: command, input: command.includes('\n') ? command : '', result: `exit ${exitCode}` }
      const tone = exitCode === 0 ? 'proof' : 'fault'
      if (place === undefined)
        timeline.append(newRow(event, { kind: 'verify', verb: 'Verified', tone, ...shown, output }))
      else timeline.change(place, { ...shown, tone, output: timeline.at(place)?.output || output })
      return
    }
    case 'step.finished':
      return finishStep(timeline, event, body)
    default:
  }
}

/** Cut now and then, not with each piece: cutting is a copy. */
function tail(text: string): string {
  return text.length > 2 * MAX_STEP_OUTPUT ? text.slice(-MAX_STEP_OUTPUT).toWellFormed() : text
}

type StepFinished = Extract<RunEventBody, { type: 'step.finished' }>

function finishStep(timeline: Timeline, event: RunEvent, { step, ok: isDone, ms, detail = '' }: StepFinished): void {
  const ok = isDone || timeline.isStopping
  const place = timeline.open.get(`step ${step}`)
  if (place !== undefined) {
    const row = timeline.at(place)
    const result = row?.result || (isDone ? '' : ok ? 'cut off' : 'failed')
    timeline.change(place, {
      isRunning: false,
      verb: row?.kind === 'script' ? 'Ran' : (row?.verb ?? ''),
      tone: row === undefined || row.tone === 'live' ? '' : row.tone,
      ms,
      result,
      ...(ok ? {} : { tone: 'fault', output: row?.output || detail }),
    })
    return
  }
  if (ok) return
  const target = FAILED_STEPS[step] ?? step
  timeline.append(newRow(event, { kind: 'step', verb: 'Failed', target, tone: 'fault', ms, output: detail }))
}

function addEnd(timeline: Timeline, event: RunEvent): void {
  const { body } = event
  for (const place of timeline.open.values()) {
    const row = timeline.at(place)
    if (row?.isRunning !== true) continue
    const result = row.kind === 'note' ? 'never reached the agent' : row.result || 'cut off'
    timeline.change(place, { isRunning: false, tone: '', result })
  }
  timeline.open.clear()
  if (body.type !== 'run.finished' && body.type !== 'run.ended') return
  const { status, code } = body
  const words = body.type === 'run.finished' ? body.sentence : RUN_FAULTS[body.code].words
  const verb = { succeeded: 'Finished', failed: 'Failed', cancelled: 'Stopped' }[status]
  const tone = status === 'failed' ? 'fault' : ''
  const output = status === 'failed' ? (body.detail ?? '') : ''
  timeline.append(
    newRow(event, { kind: 'end', verb, target: words, tone, output, result: code === undefined ? '' : code }),
  )
}
