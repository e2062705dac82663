import { FAULTS, Fault } from '@errand/contracts'
import type { Fields, Logger } from './logger.ts'
import { noTracing, type Tracing } from './tracing.ts'

export interface WideEvent {
  /** More fields for the one line; a later value of a name wins. */
  add(fields: Fields): void
  /** Times a part of the work; its milliseconds appear under `phases`. */
  phase<T>(name: string, work: () => Promise<T>): Promise<T>
}

export interface WideEventOptions {
  readonly log: Logger
  /** `noun.verb`. */
  readonly op: string
  /** `orgId`, `runId` and whatever else is known, as it is when the work is over. Never a secret. */
  readonly fields?: Fields
  readonly tracing?: Tracing
  /** Level of a success, for what happens too often to be read. */
  readonly level?: 'debug' | 'info'
}

/**
 * One line per unit of work, written when it is over: `op`, `ok`, `ms`, fields, `phases`; for a failure `code`, at the
 * level of the fault's table entry, and the error itself where somebody must look. Gives or throws what the work does.
 */
export async function wideEvent<T>(options: WideEventOptions, work: (event: WideEvent) => Promise<T>): Promise<T> {
  const { log, op, fields = {}, tracing = noTracing, level = 'info' } = options
  const added: Record<string, unknown> = {}
  const phases: Record<string, number> = {}
  const since = performance.now()
  const summary = (ok: boolean): Fields => {
    const timed = Object.keys(phases).length === 0 ? {} : { phases }
    return { op, ok, ms: msSince(since), ...fields, ...added, ...timed }
  }
  return tracing.span(op, async (addToSpan) => {
    try {
      const result = await work({
        add: (more) => void Object.assign(added, more),
        phase: (name, part) => timedPhase(phases, name, part),
      })
      if (log.isLevelEnabled(level)) log[level](summary(true), op)
      return result
    } catch (error) {
      logFailure(log, summary(false), error)
      throw error
    } finally {
      addToSpan(fields)
      addToSpan(added)
    }
  })
}

function logFailure(log: Logger, summary: Fields, error: unknown): void {
  const code = error instanceof Fault ? error.code : 'internal.error'
  const { level } = FAULTS[code]
  const shown = level === 'error' ? { error } : error instanceof Fault && error.detail ? { detail: error.detail } : {}
  log[level]({ ...summary, code, ...shown }, FAULTS[code].words)
}

async function timedPhase<T>(phases: Record<string, number>, name: string, part: () => Promise<T>): Promise<T> {
  const since = performance.now()
  try {
    return await part()
  } finally {
    phases[name] = Math.round(((phases[name] ?? 0) + msSince(since)) * 10) / 10
  }
}

function msSince(since: number): number {
  return Math.round((performance.now() - since) * 10) / 10
}
