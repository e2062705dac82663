import { findBoundaryReport, storable, writeBoundaryReport } from '@errand/store'
import * as z from 'zod'
import type { Actor, EngineDeps } from '../deps.ts'

const checkSchema = z.object({ name: z.string(), ok: z.boolean(), tried: z.string(), happened: z.string() })
const reportSchema = z.object({
  machine: z.array(checkSchema),
  boundary: z.array(checkSchema),
  isIsolated: z.boolean(),
})
/** One thing that was tried, and what happened. */
export type BoundaryCheck = Readonly<z.infer<typeof checkSchema>>
export type BoundaryReport = Readonly<z.infer<typeof reportSchema>>

/** A self-test of the wall as it was kept. */
export interface BoundaryView {
  readonly report: BoundaryReport
  /** Everything that was tried from inside a sandbox went as it must. */
  readonly isHeld: boolean
  readonly testedAt: string
  readonly ms: number
  /** When it last held; null when it never did. */
  readonly heldAt: string | null
}

/** Null when it was never tested, or by an Errand whose reports say something else. */
export async function readBoundary({ orgId }: Actor, { db }: Pick<EngineDeps, 'db'>): Promise<BoundaryView | null> {
  const row = await findBoundaryReport(db, { orgId })
  const report = reportSchema.safeParse(row?.report)
  if (row === undefined || !report.success) return null
  return {
    report: report.data,
    isHeld: isHeld(report.data),
    testedAt: row.testedAt.toISOString(),
    ms: row.ms,
    heldAt: row.heldAt?.toISOString() ?? null,
  }
}

export async function keepBoundaryReport(
  { orgId }: Actor,
  { report, ms }: { report: BoundaryReport; ms: number },
  { db, now }: Pick<EngineDeps, 'db' | 'now'>,
): Promise<void> {
  const { machine, boundary, isIsolated } = storable(report)
  await writeBoundaryReport(db, {
    orgId,
    report: { machine, boundary, isIsolated },
    testedAt: now(),
    ms,
    isHeld: isHeld(report),
  })
}

function isHeld({ isIsolated, boundary }: BoundaryReport): boolean {
  return isIsolated && boundary.length > 0 && boundary.every(({ ok }) => ok)
}
