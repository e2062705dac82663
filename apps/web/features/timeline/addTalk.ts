import type { Answer, RunEvent } from '@errand/contracts'
import { kept } from './kept.ts'
import { newRow } from './newRow.ts'
import { KEPT_CHARS, type Row } from './row.ts'
import type { Timeline } from './rows.ts'

const ANSWERED: Record<Answer, string> = {
  'allow-once': 'allowed once',
  'allow-run': 'allowed for this run',
  'allow-agent': 'allowed from now on',
  deny: 'denied',
}

/** Questions and answers, and what a person told the agent. */
export function addTalk(timeline: Timeline, event: RunEvent): void {
  const { body } = event
  switch (body.type) {
    case 'mcp.asked':
    case 'question.asked': {
      const target = `${body.tool} · ${body.type === 'mcp.asked' ? body.server : body.target}`
      const shown = {
        kind: 'question',
        verb: 'Asks',
        target,
        tone: 'flag',
        input: kept(body.input, KEPT_CHARS),
        more: body.input.length > KEPT_CHARS ? [event.seq] : [],
        isRunning: true,
      } as const
      timeline.open.set(`question ${body.id}`, timeline.append(newRow(event, shown)))
      return
    }
    case 'host.asked':
      return addHost(timeline, event, body)
    case 'sign-in.asked':
      return addSignIn(timeline, event, body)
    case 'sign-in.done':
      settle(timeline, event, `question ${body.id}`, { result: 'signed in' })
      return
    case 'host.allowed':
      return addAllowed(timeline, event, body)
    case 'question.answered':
      settle(timeline, event, `question ${body.id}`, {
        result: `${ANSWERED[body.answer]} by ${body.by}`,
        output: body.note === undefined ? '' : body.note,
      })
      return
    case 'question.expired':
      settle(timeline, event, `question ${body.id}`, { result: 'nobody answered: no', output: EXPIRED })
      return
    case 'note.sent': {
      const result = body.when === 'after-step' ? 'waits for this step' : 'waits for the next turn'
      const input = body.text.length > 80 || body.text.includes('\n') ? body.text : ''
      const shown = {
        kind: 'note',
        verb: 'Told',
        target: firstLine(body.text),
        result,
        input,
        isRunning: true,
      } as const
      timeline.open.set(`note ${body.id}`, timeline.append(newRow(event, shown)))
      return
    }
    case 'note.delivered':
      settle(timeline, event, `note ${body.id}`, { result: 'given to the agent' })
      return
    case 'note.removed':
      settle(timeline, event, `note ${body.id}`, { result: `taken back by ${body.by}` })
      return
    default:
  }
}

const EXPIRED =
  'Nobody answered in time, so it was denied. Tell the agent in a note what it may do, or give people longer to answer: `answerMinutes` of the agent.'

type Host = Extract<RunEvent['body'], { type: 'host.asked' }>

function addHost(timeline: Timeline, event: RunEvent, { id, host, port, command = '' }: Host): void {
  const shown = { kind: 'host', verb: 'Asks', target: `${host}:${port}`, tone: 'flag', input: command } as const
  timeline.open.set(`question ${id}`, timeline.append(newRow(event, { ...shown, isRunning: true })))
}

type SignIn = Extract<RunEvent['body'], { type: 'sign-in.asked' }>

function addSignIn(timeline: Timeline, event: RunEvent, { id, server, words }: SignIn): void {
  const shown = { kind: 'question', verb: 'Needs sign-in', target: server, tone: 'flag', input: words } as const
  timeline.open.set(`question ${id}`, timeline.append(newRow(event, { ...shown, isRunning: true })))
}

type Allowed = Extract<RunEvent['body'], { type: 'host.allowed' }>

function addAllowed(timeline: Timeline, event: RunEvent, { host, port, by }: Allowed): void {
  timeline.append(newRow(event, { kind: 'host', verb: 'Allowed', target: `${host}:${port}`, result: `by ${by}` }))
}

function settle(timeline: Timeline, { at }: RunEvent, key: string, change: Partial<Row>): void {
  const place = timeline.open.get(key)
  const row = place === undefined ? undefined : timeline.at(place)
  if (place === undefined || row === undefined) return
  timeline.open.delete(key)
  timeline.change(place, { tone: '', isRunning: false, ms: Math.max(0, Date.parse(at) - row.at), ...change })
}

export function firstLine(text: string): string {
  return text.trimStart().split('\n', 1)[0]?.slice(0, 300) ?? ''
}
