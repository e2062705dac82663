import { RUN_FAULTS, type RunEvent, type RunEventBody } from '@errand/contracts'
import { money, size } from '../../ui/format/amount.ts'
import { duration } from '../../ui/format/time.ts'
import { firstLine } from './addTalk.ts'
import { kept } from './kept.ts'
import { newRow } from './newRow.ts'
import { KEPT_CHARS, KEPT_OF_FAILURE, type Row, type RowKind } from './row.ts'
import type { Timeline } from './rows.ts'
import { deedOf, resultOf } from './verbs.ts'

type Body<T extends RunEventBody['type']> = Extract<RunEventBody, { type: T }>

/** What the agent does, and what the gateway lets it do. */
export function addWork(timeline: Timeline, event: RunEvent): void {
  const { body } = event
  switch (body.type) {
    case 'text.appended':
      return addWords(timeline, event, { kind: 'said', verb: 'Said', text: body.text, parentId: body.parentId })
    case 'thought.appended':
      return addWords(timeline, event, { kind: 'thought', verb: 'Thought', text: body.text, parentId: body.parentId })
    case 'tool.started':
      return startTool(timeline, event, body)
    case 'tool.finished':
      return finishTool(timeline, event, body)
    case 'model.retried':
      return addRetry(timeline, event, body)
    case 'egress.blocked':
      return addBlocked(timeline, event, body)
    case 'note.raised': {
      const output = body.code === undefined ? '' : RUN_FAULTS[body.code].remedy
      const shown = body.level === 'warn' ? (['warning', 'Warning'] as const) : (['step', 'Note'] as const)
      timeline.append(
        newRow(event, { kind: shown[0], verb: shown[1], target: body.words, input: longer(body.words), output }),
      )
      return
    }
    case 'budget.reached': {
      const target = `${money(body.spentUsd)} of ${money(body.budgetUsd)} used`
      timeline.append(newRow(event, { kind: 'budget', verb: 'Budget', target, tone: 'fault' }))
      return
    }
    case 'git.accessed':
      return addGit(timeline, event, body)
    case 'changes.collected': {
      const { repository, branch, files, added, removed, commits } = body.changes
      const target = branch === null ? repository : `${repository} → ${branch}`
      const result = `${files} ${files === 1 ? 'file' : 'files'}, ${commits} ${commits === 1 ? 'commit' : 'commits'}`
      timeline.append(newRow(event, { kind: 'changes', verb: 'Changed', target, result, added, removed }))
      return
    }
    case 'pull.opened':
      timeline.append(
        newRow(event, {
          kind: 'git',
          verb: 'Opened',
          target: `pull request #${body.number}: ${body.title}`,
          result: body.state,
        }),
      )
      return
    case 'pull.changed':
      timeline.append(
        newRow(event, { kind: 'git', verb: 'Seen', target: `pull request #${body.number}`, result: body.state }),
      )
      return
    case 'artifact.added':
      timeline.append(
        newRow(event, { kind: 'artifact', verb: 'Kept', target: body.name, result: size(body.sizeBytes) }),
      )
      return
    default:
  }
}

interface Words {
  readonly kind: RowKind
  readonly verb: string
  readonly text: string
  readonly parentId: string | undefined
}

/** What belongs together is one row, however many pieces it came in. */
function addWords(timeline: Timeline, event: RunEvent, { kind, verb, text, parentId }: Words): void {
  const lane = laneOf(timeline, parentId)
  const last = timeline.last(lane)
  if (last?.row.kind === kind) {
    const { output, seq } = last.row
    const whole = output + text
    if (whole.length <= KEPT_OF_FAILURE) timeline.change(last.place, { output: whole, target: firstLine(whole) })
    else timeline.change(last.place, { output: kept(whole, KEPT_OF_FAILURE), more: [seq, event.seq] })
    return
  }
  if (text.trim() === '') return
  const more = text.length > KEPT_OF_FAILURE ? [event.seq, event.seq] : []
  timeline.append(
    newRow(event, { kind, verb, target: firstLine(text), output: kept(text, KEPT_OF_FAILURE), more }),
    lane,
  )
}

function laneOf(timeline: Timeline, parentId: string | undefined): number | null {
  return parentId === undefined ? null : (timeline.lanes.get(parentId) ?? null)
}

function startTool(timeline: Timeline, event: RunEvent, body: Body<'tool.started'>): void {
  const lane = laneOf(timeline, body.parentId)
  const deed = deedOf(body.tool, body.target)
  const input = body.input ?? ''
  const row = newRow(event, {
    kind: deed.kind,
    verb: deed.doing,
    target: deed.target,
    isRunning: true,
    tone: 'live',
    input: kept(input, KEPT_CHARS),
    more: input.length > KEPT_CHARS ? [event.seq] : [],
  })
  const place = timeline.append(row, lane)
  timeline.open.set(`tool ${body.id}`, place)
  // A helper's helper shares its lane: a lane in a lane cannot be read on a phone.
  if (deed.kind === 'helper') timeline.lanes.set(body.id, lane ?? place.index)
  timeline.verbs.set(body.id, deed.done)
}

function finishTool(timeline: Timeline, event: RunEvent, body: Body<'tool.finished'>): void {
  const key = `tool ${body.id}`
  const place = timeline.open.get(key)
  const row = place === undefined ? undefined : timeline.at(place)
  if (place === undefined || row === undefined) return
  timeline.open.delete(key)
  const output = body.output ?? ''
  const limit = body.ok ? KEPT_CHARS : KEPT_OF_FAILURE
  const verb = timeline.verbs.get(body.id) ?? row.verb
  const isCutOff = !body.ok && timeline.isStopping
  timeline.verbs.delete(body.id)
  timeline.change(place, {
    verb,
    isRunning: false,
    tone: body.ok || isCutOff ? '' : 'fault',
    ms: body.ms,
    result: isCutOff ? 'cut off' : body.added === undefined ? resultOf(row, body.ok, output) : '',
    added: body.added ?? null,
    removed: body.removed ?? null,
    output: kept(output, limit),
    more: output.length > limit ? [...row.more, event.seq] : row.more,
  })
}

function addRetry(timeline: Timeline, event: RunEvent, body: Body<'model.retried'>): void {
  const status = body.status === null ? '' : `, status ${body.status}`
  const target = `${body.words}${status}`
  const result = `try ${body.attempt} of ${body.max}, again in ${duration(body.delayMs)}`
  const last = timeline.last()
  if (last?.row.kind === 'wait') timeline.change(last.place, { target, result })
  else timeline.append(newRow(event, { kind: 'wait', verb: 'Waits', target, result }))
}

/** A program that tries again and again is one row. */
function addBlocked(timeline: Timeline, event: RunEvent, body: Body<'egress.blocked'>): void {
  const target = `${body.host}:${body.port}`
  const key = `blocked ${target} ${body.command ?? ''}`
  const place = timeline.open.get(key)
  const row = place === undefined ? undefined : timeline.at(place)
  if (place !== undefined && row !== undefined) {
    const tries = (Number.parseInt(row.result, 10) || 1) + 1
    timeline.change(place, { result: `${tries} tries` })
    return
  }
  const by = body.command === undefined ? '' : `\nWanted by: ${body.command}`
  const shown: Pick<Row, 'kind' | 'verb'> & Partial<Row> = {
    kind: 'blocked',
    verb: 'Blocked',
    target,
    tone: 'fault',
    output: `${RUN_FAULTS[body.code].words} ${RUN_FAULTS[body.code].remedy}${by}`,
  }
  timeline.open.set(key, timeline.append(newRow(event, shown)))
}

function addGit(timeline: Timeline, event: RunEvent, body: Body<'git.accessed'>): void {
  if (body.ok && body.operation === 'fetch') return
  const verb = body.operation === 'push' ? 'Pushed' : 'Fetched'
  const failed = { tone: 'fault', result: 'refused', output: body.detail ?? '' } as const
  timeline.append(newRow(event, { kind: 'git', verb, target: body.repository, ...(body.ok ? {} : failed) }))
}

function longer(words: string): string {
  return words.length > 80 || words.includes('\n') ? words : ''
}
