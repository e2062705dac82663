import type { Artifact, RunEventBody, RunStatus, Verdict } from '@errand/contracts'
import type { Installation } from './installation.ts'

/** The last line of `errand run --follow --json`. */
export interface Outcome {
  readonly runId: string
  readonly status: RunStatus
  readonly verdict: Verdict | null
  readonly code: string | null
  readonly sentence: string | null
  readonly detail: string | null
  readonly remedy: string | null
  readonly evidence: { readonly command: string; readonly exitCode: number; readonly output: string } | null
  readonly changes: readonly { readonly repository: string; readonly branch: string | null; readonly files: number }[]
  readonly usage: { readonly costUsd: number; readonly calls: number; readonly unpricedCalls: number }
  readonly artifacts: readonly (Artifact & { readonly url: string })[]
}

export interface Followed {
  readonly exit: number | null
  readonly runId: string
  readonly events: readonly RunEventBody[]
  /** When each of them was written. */
  readonly times: readonly Date[]
  readonly seqs: readonly number[]
  readonly outcome: Outcome
  readonly stderr: string
}

interface Line {
  readonly type: string
  readonly runId: string
  readonly seq?: number
  readonly at?: string
  readonly event?: RunEventBody
}

/** Fires a task as a person would, follows it to its end and reads what `--json` printed. */
export async function followed(errand: Installation, args: readonly string[]): Promise<Followed> {
  const { code, stdout, stderr } = await errand.errand(['run', ...args, '--follow', '--json'])
  return readFollowed({ code, stdout, stderr })
}

export async function watched(errand: Installation, runId: string): Promise<Followed> {
  return readFollowed(await errand.errand(['watch', runId, '--json']))
}

function readFollowed({ code, stdout, stderr }: { code: number | null; stdout: string; stderr: string }): Followed {
  const lines = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line)
  const [first] = lines
  const last = lines.at(-1)
  if (first === undefined || last?.type !== 'outcome')
    throw new Error(`no outcome (exit ${code}):\n${stdout.slice(-2000)}\n${stderr}`)
  const events = lines.filter((line) => line.type === 'event')
  return {
    exit: code,
    runId: first.runId,
    events: events.flatMap((line) => (line.event === undefined ? [] : [line.event])),
    times: events.map((line) => new Date(line.at ?? 0)),
    seqs: events.flatMap((line) => (line.seq === undefined ? [] : [line.seq])),
    outcome: last as unknown as Outcome,
    stderr,
  }
}

/** Fires a task and lets it go; gives the run's id. */
export async function fired(errand: Installation, args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await errand.errand(['run', ...args, '--json'])
  if (code !== 0) throw new Error(`not fired (exit ${code}): ${stderr}`)
  return (JSON.parse(stdout.split('\n')[0] ?? '') as Line).runId
}

export function artifactOf(outcome: Outcome, name: string | RegExp): Artifact & { readonly url: string } {
  const found = outcome.artifacts.find((one) => (typeof name === 'string' ? one.name === name : name.test(one.name)))
  if (found === undefined)
    throw new Error(`no artifact ${String(name)} among ${outcome.artifacts.map((one) => one.name).join(', ')}`)
  return found
}

export function contiguous(seqs: readonly number[]): boolean {
  return seqs.every((seq, index) => seq === index + 1)
}
