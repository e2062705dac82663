import { keepBoundaryReport, readBoundary, readPool } from '@errand/engine'
import { procedure, router } from './procedure.ts'

export interface SystemInfo {
  readonly version: string
  readonly startedAt: string
  /** Where people reach it, without a slash at the end. */
  readonly address: string
  /** False: only the demo agent runs here. */
  readonly isIsolated: boolean
  /** Where sandboxes live. */
  readonly runsOn: 'machine' | 'cluster'
  /** What the machine can and cannot do, one sentence each. */
  readonly machine: readonly string[]
}

/** One thing that was tried, and what happened. */
export interface DoctorCheck {
  readonly name: string
  readonly ok: boolean
  readonly tried: string
  readonly happened: string
}

export interface DoctorReport {
  /** What the machine offers for isolation; `ok: false` weakens it and says what to do. */
  readonly machine: readonly DoctorCheck[]
  /** The wall, tried from inside a sandbox. Empty where no sandbox could be started. */
  readonly boundary: readonly DoctorCheck[]
  /** Whether every agent may run here. */
  readonly isIsolated: boolean
}

/** What only the process that was put together can tell. */
export interface SystemPort {
  info(): SystemInfo
  doctor(): Promise<DoctorReport>
}

export const system = router({
  info: procedure.query(({ ctx }) => ({ ...ctx.system.info(), actor: { name: ctx.actor.name } })),
  /** A mutation: it starts a sandbox. The report is kept, so that a page can say when the wall last held. */
  doctor: procedure.mutation(async ({ ctx }) => {
    const began = performance.now()
    const report = await ctx.system.doctor()
    const kept = { ...report, machine: [...report.machine], boundary: [...report.boundary] }
    await keepBoundaryReport(ctx.actor, { report: kept, ms: Math.round(performance.now() - began) }, ctx.engine)
    return report
  }),
  /** The last self-test; null when there was none. */
  boundary: procedure.query(({ ctx }) => readBoundary(ctx.actor, ctx.engine)),
  /** Warm sandboxes on a cluster, by shape. */
  pool: procedure.query(({ ctx }) => readPool(ctx.actor, ctx.engine)),
  /** For the foot of every page. */
  wall: procedure.query(async ({ ctx }) => {
    const last = await readBoundary(ctx.actor, ctx.engine)
    return {
      isIsolated: ctx.system.info().isIsolated,
      isHeld: last?.isHeld ?? null,
      testedAt: last?.testedAt ?? null,
    }
  }),
})
