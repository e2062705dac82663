import type { Artifact, RunEvent, RunId, RunStatus, Verdict } from '@errand/contracts'
import { artifactAddress, type Finished } from './outcome.ts'

/**
 * The lines of `--json` (docs/cli.md): one JSON object a line, told apart by `type`. Fields are only ever added.
 * The first names the run, the last has its verdict.
 */
export function runLine(run: {
  readonly id: RunId
  readonly status: RunStatus
  readonly verdict: Verdict | null
}): string {
  return JSON.stringify({ type: 'run', runId: run.id, status: run.status, verdict: run.verdict })
}

export function eventLine(runId: RunId, { seq, at, body }: RunEvent): string {
  return JSON.stringify({ type: 'event', runId, seq, at, event: body })
}

export function outcomeLine(runId: RunId, { state, artifacts, remedy, address }: Finished): string {
  const { status, verdict, code, sentence, detail, evidence, changes, usage, budgetUsd, createdAt, endedAt } = state
  const durationMs = endedAt === null ? null : Date.parse(endedAt) - Date.parse(createdAt)
  const files = artifacts.map((one) => artifactFields(one, address))
  const outcome = { status, verdict, code, sentence, detail, remedy, evidence, changes, usage, budgetUsd, durationMs }
  return JSON.stringify({ type: 'outcome', runId, ...outcome, artifacts: files })
}

/** One line of `errand artifacts ls --json`. */
export function artifactLine(artifact: Artifact, address: string): string {
  return JSON.stringify({ type: 'artifact', ...artifactFields(artifact, address) })
}

function artifactFields(artifact: Artifact, address: string) {
  const { id, runId, name, kind, mediaType, sizeBytes, sha256, createdAt, retainUntil } = artifact
  return {
    id,
    runId,
    name,
    kind,
    mediaType,
    sizeBytes,
    sha256,
    createdAt,
    retainUntil,
    url: artifactAddress(address, id),
  }
}
