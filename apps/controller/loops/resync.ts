import type { RunId, RunStatus } from '@errand/contracts'
import { listLiveRuns, wakeRuns } from '@errand/engine'
import type { ControllerDeps } from '../deps.ts'
import type { Outcome } from '../reconcile.ts'

type Deps = Pick<ControllerDeps, 'engine' | 'executor' | 'log' | 'metrics'>

/**
 * The safety net below the wake-ups. It compares what lives here with what should, wakes the runs where the two differ,
 * and kills and removes sandboxes that belong to no live run. Whatever it leads to is drift, and is counted: a number
 * that grows means that a signal is lost somewhere. The first pass, after a start, finds what happened meanwhile.
 */
export class Resync {
  readonly #deps: Deps
  readonly #suspects = new Map<RunId, string>()
  readonly #kept = new Set<RunId>()
  #passes = 0

  constructor(deps: Deps) {
    this.#deps = deps
  }

  async pass(): Promise<void> {
    const { executor, engine, metrics } = this.#deps
    // Sandboxes first: what is started after this cannot be taken for an orphan.
    const sandboxes = await executor.list()
    const live = await listLiveRuns(engine)
    metrics.runs(countByStatus(live.map(({ status }) => status)))
    const liveIds = new Set(live.map(({ runId }) => runId))
    for (const runId of sandboxes) if (!liveIds.has(runId) && !this.#kept.has(runId)) await this.#removeOrphan(runId)
    await this.#wakeDiffering(live, sandboxes)
    await executor.tidy()
    this.#passes++
  }

  /** A sandbox without a run that is meant to be there; gives the way to end that. */
  keep(runId: RunId): () => void {
    this.#kept.add(runId)
    return () => this.#kept.delete(runId)
  }

  /** To be told of every reconcile: one that changed something for a run which only we had woken is drift. */
  note(runId: RunId, outcome: Outcome): void {
    const kind = this.#suspects.get(runId)
    if (kind === undefined) return
    this.#suspects.delete(runId)
    if (outcome !== 'changed') return
    this.#deps.metrics.driftFound(kind)
    this.#deps.log.warn({ op: 'run.resync', runId, kind }, 'the resync found what no wake-up had told')
  }

  async #wakeDiffering(live: Awaited<ReturnType<typeof listLiveRuns>>, sandboxes: readonly RunId[]): Promise<void> {
    const { executor, engine } = this.#deps
    const here = new Set(sandboxes)
    const kinds = new Map<RunId, string>()
    for (const { runId, status } of live) {
      // Waiting for its start, which its own wake-up brings.
      if (status === 'queued') continue
      const seen = here.has(runId) ? await executor.look(runId) : { kind: 'nothing' }
      if (seen.kind === 'exited') kinds.set(runId, 'sandbox-exited')
      if (seen.kind === 'nothing') kinds.set(runId, 'sandbox-missing')
    }
    const woken = await wakeRuns([...kinds.keys()], engine)
    if (this.#passes === 0) return
    for (const runId of woken) this.#suspects.set(runId, kinds.get(runId) ?? '')
  }

  async #removeOrphan(runId: RunId): Promise<void> {
    const { executor, log, metrics } = this.#deps
    try {
      await executor.kill(runId)
      await executor.remove(runId)
      log.info({ op: 'sandbox.sweep', ok: true, runId }, 'removed a sandbox that belongs to no live run')
      if (this.#passes > 0) metrics.driftFound('sandbox-orphaned')
    } catch (error) {
      log.warn(
        { op: 'sandbox.sweep', ok: false, runId, error },
        'an orphaned sandbox could not be removed; trying again',
      )
    }
  }
}

function countByStatus(statuses: readonly RunStatus[]): Partial<Record<RunStatus, number>> {
  const counts: Partial<Record<RunStatus, number>> = {}
  for (const status of statuses) counts[status] = (counts[status] ?? 0) + 1
  return counts
}
