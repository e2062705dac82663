import type { RunEvent, RunEventBody } from '@errand/contracts'
import type { Paint } from './paint.ts'
import { sandboxLines, stepFinished, stepLine } from './followSteps.ts'
import { talkLines } from './followTalk.ts'
import { addUsage, NO_USAGE, type Usage, usageWords } from './followUsage.ts'
import { duration, fit, oneLine, plain } from './text.ts'

/** What the lines of one followed run need to remember. A fold: the same events always give the same lines. */
export interface Follow {
  /** For the commands that it names. */
  readonly runId: string
  readonly seq: number
  readonly createdAt: string | null
  readonly admittedAt: string | null
  readonly agentStepAt: string | null
  readonly limits: string | null
  readonly budgetUsd: number | null
  readonly usage: Usage
  /** What the last line with a sum said, so that it is said again only when it changed. */
  readonly shownUsage: string
  readonly tools: Readonly<Record<string, OpenTool>>
  /** Text that has no line end yet, by where it comes from. */
  readonly partial: Readonly<Record<string, string>>
  readonly isOver: boolean
  readonly isGone: boolean
}

interface OpenTool {
  readonly tool: string
  readonly target: string
  readonly at: string
  /** It took so long that it has a line of its own already. */
  readonly isAnnounced: boolean
}

export interface Followed {
  readonly state: Follow
  readonly lines: readonly string[]
}

export const FOLLOW_START: Follow = {
  runId: '',
  seq: 0,
  createdAt: null,
  admittedAt: null,
  agentStepAt: null,
  limits: null,
  budgetUsd: null,
  usage: NO_USAGE,
  shownUsage: '',
  tools: {},
  partial: {},
  isOver: false,
  isGone: false,
}

/** A tool that runs longer than this gets a line before it is done. */
const SLOW_TOOL_MS = 4_000
const WIDTH = 160

/** Folds one event and gives the lines to print for it, mostly none or one. */
export function follow(before: Follow, event: RunEvent, paint: Paint): Followed {
  if (event.seq <= before.seq) return { state: before, lines: [] }
  const base = { ...before, seq: event.seq, createdAt: before.createdAt ?? event.at }
  const { state, texts } = fold(base, event.body, event.at, paint)
  return { state, lines: texts.map((text) => `${paint.dim(clock(state, event.at))} ${text}`) }
}

/** Lines for tools that have been running for a while without an end. Called now and then, with the time. */
export function slowTools(before: Follow, now: Date, paint: Paint): Followed {
  const slow = Object.entries(before.tools).filter(
    ([, one]) => !one.isAnnounced && now.getTime() - Date.parse(one.at) >= SLOW_TOOL_MS,
  )
  if (slow.length === 0) return { state: before, lines: [] }
  const tools = { ...before.tools }
  const lines = slow.map(([id, one]) => {
    tools[id] = { ...one, isAnnounced: true }
    return `${paint.dim(clock(before, now.toISOString()))} ${paint.dim('…')} ${toolWords(one)} ${paint.dim('still running')}`
  })
  return { state: { ...before, tools }, lines }
}

interface Folded {
  readonly state: Follow
  readonly texts: readonly string[]
}

function fold(s: Follow, body: RunEventBody, at: string, paint: Paint): Folded {
  switch (body.type) {
    case 'run.created':
      return { state: { ...s, createdAt: at, budgetUsd: body.budgetUsd }, texts: [`${paint.dim('·')} queued`] }
    case 'run.admitted':
      return { state: { ...s, admittedAt: at }, texts: [] }
    case 'sandbox.started':
      return { state: { ...s, limits: `${body.executor}, ${body.limits}` }, texts: [] }
    case 'runner.started':
      return { state: s, texts: sandboxLines(s, at, paint) }
    case 'step.started':
      return { state: body.step === 'agent' ? { ...s, agentStepAt: at } : s, texts: [] }
    case 'step.finished':
      return endOfText(s, paint, stepFinished(body, paint))
    case 'agent.started':
      return { state: s, texts: [agentLine(s, body, at, paint)] }
    case 'text.appended':
      return append(s, body.parentId ?? 'text', body.text, paint)
    case 'output.appended':
      return append(s, `output ${body.step}`, body.text, paint)
    case 'tool.started':
      return toolStarted(s, body, at, paint)
    case 'tool.finished':
      return toolFinished(s, body, paint)
    case 'usage.metered':
      return { state: { ...s, usage: addUsage(s.usage, body) }, texts: [] }
    case 'verify.finished':
      return {
        state: s,
        texts: [stepLine('verify', body.evidence.exitCode === 0, body.evidence.ms, body.evidence.command, paint)],
      }
    case 'run.finished':
    case 'run.ended':
      return endOfText({ ...s, isOver: true, tools: {} }, paint, [])
    case 'sandbox.gone':
      return { state: { ...s, isGone: true }, texts: [`${paint.dim('·')} the last process of the sandbox is gone`] }
    case 'question.asked':
    case 'host.asked':
    case 'mcp.asked':
    case 'sign-in.asked':
    case 'sign-in.done':
    case 'host.allowed':
    case 'question.answered':
    case 'question.expired':
    case 'note.sent':
    case 'note.removed':
    case 'note.delivered':
      return endOfText(s, paint, talkLines(s, body, paint))
    default:
      return { state: s, texts: notices(body, paint) }
  }
}

type Notice = Exclude<RunEventBody, { type: 'run.created' }>

function notices(body: Notice, paint: Paint): readonly string[] {
  switch (body.type) {
    case 'note.raised':
      return [`${body.level === 'warn' ? paint.yellow('!') : paint.dim('·')} ${oneLine(body.words)}`]
    case 'model.retried':
      return [
        `${paint.yellow('!')} the model is tried again in ${duration(body.delayMs)} (${body.attempt} of ${body.max}): ${oneLine(body.words)}`,
      ]
    case 'budget.reached':
      return [paint.yellow(`! the budget is used up: $${body.spentUsd.toFixed(2)} of $${body.budgetUsd.toFixed(2)}`)]
    case 'mcp.called': {
      const what = `${oneLine(body.server)} ${oneLine(body.tool)}`
      if (body.verdict === 'deny' || body.code !== undefined)
        return [
          paint.yellow(
            `! ${what}: ${body.verdict === 'deny' ? 'refused' : 'failed'} ${paint.dim(body.code ?? '')}`.trimEnd(),
          ),
        ]
      return [
        `${paint.dim('·')} ${what} ${body.isError ? paint.yellow('answered with an error') : 'answered'} ${paint.dim(duration(body.ms))}`,
      ]
    }
    case 'egress.blocked':
      return [
        `${paint.yellow('! blocked')} ${plain(body.host)}:${body.port}${body.command === undefined ? '' : paint.dim(` asked by ${fit(oneLine(body.command), 90)}`)}`,
      ]
    case 'git.accessed':
      return body.ok
        ? []
        : [
            `${paint.yellow('!')} git ${body.operation} of ${plain(body.repository)} refused${body.detail === undefined ? '' : `: ${oneLine(body.detail)}`}`,
          ]
    case 'pull.opened':
      return [`${paint.green('▸')} pull request #${body.number}: ${plain(body.url)}`]
    case 'cancel.requested':
      return [`${paint.yellow('!')} ${oneLine(body.by)} asked to cancel: stopping`]
    default:
      // The outcome shows artifacts and changes; thoughts and allowed hosts are in `--json`.
      return []
  }
}

function agentLine(
  s: Follow,
  body: Extract<RunEventBody, { type: 'agent.started' }>,
  at: string,
  paint: Paint,
): string {
  const words = [
    body.version === undefined ? null : `version ${plain(body.version)}`,
    body.model === undefined ? null : `model ${plain(body.model)}`,
  ]
  const ms = s.agentStepAt === null ? null : Date.parse(at) - Date.parse(s.agentStepAt)
  return stepLine('agent started', true, ms, words.filter((word) => word !== null).join(', '), paint)
}

function toolStarted(
  s: Follow,
  body: Extract<RunEventBody, { type: 'tool.started' }>,
  at: string,
  paint: Paint,
): Folded {
  const tool: OpenTool = { tool: body.tool, target: body.target, at, isAnnounced: false }
  const flushed = endOfText(s, paint, [])
  return { state: { ...flushed.state, tools: { ...s.tools, [body.id]: tool } }, texts: flushed.texts }
}

function toolFinished(s: Follow, body: Extract<RunEventBody, { type: 'tool.finished' }>, paint: Paint): Folded {
  const { [body.id]: tool, ...tools } = s.tools
  if (tool === undefined) return { state: s, texts: [] }
  const usage = usageWords(s.usage, s.budgetUsd)
  const lines = [
    body.added === undefined ? '' : paint.green(`+${body.added}`),
    body.removed === undefined ? '' : paint.red(`−${body.removed}`),
  ]
  const rest = [...lines, paint.dim(duration(body.ms)), usage === s.shownUsage ? '' : paint.dim(`· ${usage}`)].filter(
    (part) => part !== '',
  )
  const mark = body.ok ? paint.green('▸') : paint.red('✗')
  const text = `${mark} ${toolWords(tool)}  ${rest.join(' ')}`
  const why = body.ok || body.output === undefined ? [] : [`    ${paint.red(fit(lastLine(body.output), WIDTH))}`]
  return { state: { ...s, tools, shownUsage: usage }, texts: [text, ...why] }
}

function toolWords(tool: OpenTool): string {
  return `${oneLine(tool.tool)} ${fit(oneLine(tool.target), 100)}`.trimEnd()
}

/** Text comes in pieces that end anywhere: whole lines are printed, the rest waits for its end. */
function append(s: Follow, from: string, text: string, paint: Paint): Folded {
  const pieces = ((s.partial[from] ?? '') + text).split('\n')
  const rest = pieces.pop() ?? ''
  return {
    state: { ...s, partial: { ...s.partial, [from]: rest } },
    texts: pieces.flatMap((line) => textLine(line, paint)),
  }
}

function endOfText(s: Follow, paint: Paint, then: readonly string[]): Folded {
  const texts = Object.values(s.partial).flatMap((line) => textLine(line, paint))
  return { state: { ...s, partial: {} }, texts: [...texts, ...then] }
}

function textLine(line: string, paint: Paint): readonly string[] {
  // A carriage return inside a line is how progress bars redraw themselves: only what they ended with counts.
  const shown = plain(line.replace(/\r+$/, '').split('\r').at(-1) ?? '').trimEnd()
  return shown === '' ? [] : [`${paint.dim('│')} ${fit(shown, WIDTH)}`]
}

function lastLine(text: string): string {
  return oneLine(text.trimEnd().split('\n').at(-1) ?? '')
}

/** Seconds since the run was fired, right-aligned. */
function clock(s: Follow, at: string): string {
  const ms = s.createdAt === null ? 0 : Math.max(0, Date.parse(at) - Date.parse(s.createdAt))
  return `${(ms / 1000).toFixed(1)}s`.padStart(7)
}
