import { Fault, type OrgId, type RunId } from '@errand/contracts'
import { findHeard, markHeard } from '@errand/store'
import type { Actor, EngineDeps } from '../deps.ts'

type Deps = Pick<EngineDeps, 'db' | 'now'>

/** Called by the gateway when a runner asks what is wanted of it, which it does again and again while it lives. */
export async function hearRunner({ orgId, runId }: { orgId: OrgId; runId: RunId }, { db, now }: Deps): Promise<void> {
  await markHeard(db, { orgId, runId, now: now() })
}

/** How long ago the run's runner was heard, by our own clock; null when it never was. Fault `run.unknown`. */
export async function readHeard(actor: Actor, runId: RunId, { db, now }: Deps): Promise<{ agoMs: number | null }> {
  const row = await findHeard(db, { orgId: actor.orgId, runId })
  if (row === undefined) throw new Fault('run.unknown')
  return { agoMs: row.heardAt === null ? null : Math.max(0, now().getTime() - row.heardAt.getTime()) }
}
