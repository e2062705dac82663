import * as z from 'zod'
import type { HostedProgram } from './bridgeWire.ts'
import type { RunSpec } from './run.ts'

const place = { name: z.string().min(1).max(63), uid: z.uuid() }

/** What the runner saw of the wall from inside. Times in milliseconds since its own start. */
export const wallReportSchema = z.object({
  /** When it stood: two good rounds in a row. */
  ms: z.number().nonnegative(),
  rounds: z.int().nonnegative(),
  targets: z
    .array(
      z.object({
        what: z.enum(['gateway', 'canary', 'closed']),
        address: z.string().max(300),
        /** Was it open at any time before the wall stood? */
        wasOpen: z.boolean(),
        /** When it was first seen as it has to be. */
        ms: z.number().nonnegative(),
      }),
    )
    .max(50),
})
export type WallReport = z.infer<typeof wallReportSchema>

export const sandboxClaimSchema = z.object({ ...place, wall: wallReportSchema })
export type SandboxClaim = z.infer<typeof sandboxClaimSchema>

export interface SandboxGrant {
  readonly token: string
  /** Of its run. Absent, where there is no program either: it is to be asked for with the token. */
  readonly spec?: RunSpec
  /** Absent: the token is a run's. */
  readonly program?: HostedProgram
}

export const sandboxFailureSchema = z.object({
  ...place,
  code: z.enum(['wall.open', 'wall.blocked', 'sandbox.start-error']),
  detail: z.string().max(2_000),
})
export type SandboxFailure = z.infer<typeof sandboxFailureSchema>
