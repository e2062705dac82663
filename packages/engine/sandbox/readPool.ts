import { listPoolRows, listWarmShapes, type WarmSpec } from '@errand/store'
import type { Actor, EngineDeps } from '../deps.ts'

/** Warm sandboxes of one shape, and how well they have served. */
export interface PoolShape extends WarmSpec {
  readonly wantedAt: string
  /** Have proven their wall and wait for a run. */
  readonly ready: number
  readonly starting: number
  /** Since when the oldest waits; null where none does. */
  readonly oldestAt: string | null
  /** Runs that found one warm, and all that asked. */
  readonly hits: number
  readonly asked: number
}

/** The warm pool, most recently wanted shapes first. Empty on one machine, where a start takes no longer. */
export async function readPool({ orgId }: Actor, { db }: Pick<EngineDeps, 'db'>): Promise<readonly PoolShape[]> {
  const [shapes, rows] = await Promise.all([listWarmShapes(db), listPoolRows(db)])
  const warm = rows.filter((row) => row.orgId === orgId && row.dismissedAt === null)
  return shapes
    .filter((one) => one.orgId === orgId)
    .map(({ shape, spec, wantedAt, hits, misses }) => {
      const own = warm.filter((row) => row.shape === shape)
      const proven = own.flatMap(({ provenAt }) => (provenAt === null ? [] : [provenAt.toISOString()]))
      return {
        ...spec,
        wantedAt: wantedAt.toISOString(),
        ready: proven.length,
        starting: own.length - proven.length,
        oldestAt: proven.toSorted()[0] ?? null,
        hits,
        asked: hits + misses,
      }
    })
}
