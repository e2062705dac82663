import type { Artifact, Changes, Evidence, RunStatus, Verdict } from '@errand/contracts'
import type { RunState } from '@errand/domain'
import { costWords } from './followUsage.ts'
import type { Paint } from './paint.ts'
import { count, day, duration, fit, oneLine, plain, plural, size } from './text.ts'

type Outcome = Pick<
  RunState,
  | 'status'
  | 'verdict'
  | 'sentence'
  | 'code'
  | 'detail'
  | 'evidence'
  | 'changes'
  | 'usage'
  | 'budgetUsd'
  | 'createdAt'
  | 'endedAt'
  | 'blockedHosts'
  | 'toolCalls'
  | 'notes'
>

export interface Finished {
  readonly state: Outcome
  readonly artifacts: readonly Artifact[]
  /** What to do about it, from the fault's table; null when there is nothing to do. */
  readonly remedy: string | null
  /** The server's address, without a slash at the end. */
  readonly address: string
}

const EVIDENCE_LINES = 12
const WIDTH = 160

/** The end of a followed run: what came out, how that is known, what changed, what it cost and what it left. */
export function outcomeLines(run: Finished, paint: Paint): readonly string[] {
  const { state } = run
  return [
    '',
    headline(state, paint),
    ...(state.detail === null ? [] : [`  ${fit(oneLine(state.detail), WIDTH * 2)}`]),
    ...(run.remedy === null ? [] : [`  ${paint.dim('→')} ${run.remedy}`]),
    ...(state.evidence === null ? [] : evidenceLines(state.evidence, paint)),
    ...state.changes.map((change, index) => row(index === 0 ? 'changed' : '', changeWords(change), paint)),
    ...state.notes.map(({ text }) =>
      row('not read', `${paint.yellow('!')} a note came too late: ${fit(oneLine(text), 100)}`, paint),
    ),
    row('cost', cost(state), paint),
    row('took', took(state), paint),
    ...artifactLines(run.artifacts, run.address, paint),
  ]
}

/** The word for how a run ended, in its colour. */
export function statusWord(status: RunStatus, verdict: Verdict | null, paint: Paint): string {
  if (status === 'succeeded') return paint.green(`✓ succeeded, ${verdict ?? 'unverified'}`)
  if (status === 'cancelled') return paint.yellow('■ cancelled')
  return status === 'failed' ? paint.red('✗ failed') : `· ${status}`
}

function headline(state: Outcome, paint: Paint): string {
  return `${paint.bold(statusWord(state.status, state.verdict, paint))}  ${oneLine(state.sentence ?? '')}`
}

function evidenceLines(evidence: Evidence, paint: Paint): readonly string[] {
  const lines = plain(evidence.output).trimEnd().split('\n')
  const tail = lines.slice(-EVIDENCE_LINES).map((line) => `    ${paint.dim('│')} ${fit(line, WIDTH)}`)
  const result = evidence.exitCode === 0 ? 'passed' : `exit code ${evidence.exitCode}`
  return [
    row('evidence', `${oneLine(evidence.command)}  ${result}, ${duration(evidence.ms)}`, paint),
    ...(evidence.output.trim() === '' ? [] : tail),
  ]
}

function changeWords(change: Changes): string {
  const where = change.branch === null ? '' : ` on ${plain(change.branch)}`
  if (change.files === 0) return `${plain(change.repository)}: nothing`
  return `${plain(change.repository)}: ${plural(change.files, 'file')}, +${change.added} −${change.removed}, ${plural(change.commits, 'commit')}${where}`
}

function cost({ usage, budgetUsd }: Outcome): string {
  if (usage.calls === 0) return 'nothing: no model was called'
  const tokens = usage.inputTokens + usage.outputTokens + usage.cacheReadTokens + usage.cacheWriteTokens
  return `${costWords(usage, budgetUsd)}, ${count(tokens)} tokens in ${plural(usage.calls, 'call')}`
}

function took(state: Outcome): string {
  const ms = state.endedAt === null ? 0 : Date.parse(state.endedAt) - Date.parse(state.createdAt)
  const blocked = state.blockedHosts === 0 ? '' : `, ${plural(state.blockedHosts, 'connection')} blocked`
  return `${duration(ms)}, ${plural(state.toolCalls, 'tool call')}${blocked}`
}

export function artifactLines(artifacts: readonly Artifact[], address: string, paint: Paint): readonly string[] {
  if (artifacts.length === 0) return [row('artifacts', 'none', paint)]
  return [
    row('artifacts', String(artifacts.length), paint),
    ...artifacts.flatMap((one) => [
      `    ${one.kind.padEnd(12)} ${paint.bold(oneLine(one.name))}  ${paint.dim(`${size(one.sizeBytes)}, ${plain(one.mediaType)}, sha256 ${one.sha256.slice(0, 12)}, kept until ${day(one.retainUntil)}`)}`,
      `                 ${artifactAddress(address, one.id)}`,
    ]),
  ]
}

/** Permanent: the address of an artifact holds its id, and its bytes never change. */
export function artifactAddress(address: string, id: string): string {
  return `${address}/artifacts/${id}`
}

function row(name: string, words: string, paint: Paint): string {
  return `  ${paint.dim(name.padEnd(10))} ${words}`
}
