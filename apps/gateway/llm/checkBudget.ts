import { Fault } from '@errand/contracts'
import { appendEvents, type RunGrant } from '@errand/engine'
import { type Call, grantOf } from '../call.ts'
import type { GatewayDeps } from '../deps.ts'
import { authenticateRun } from '../stages/authenticateRun.ts'
import { modelPath } from './paths.ts'

/**
 * Refuses a call that costs once the run's budget is used up, and tells the run's log so, once. Money is counted when
 * it is spent, so a run may pass its budget by what one answer costs, never by more than the calls already under way.
 */
export async function checkBudget(call: Call, deps: GatewayDeps): Promise<'next'> {
  const path = modelPath(call)
  if (path === null) throw new Fault('model.unknown-path')
  if (path !== 'messages') return 'next'
  if (hasMoney(grantOf(call), deps.spending.missingUsd(grantOf(call).runId, call.startedAt))) return 'next'

  // That count may hold a call twice, in the log and beside it. Before refusing, wait for the log and count exactly.
  await deps.spending.settled(grantOf(call).runId)
  const since = performance.now()
  await authenticateRun(call, deps)
  const grant = grantOf(call)
  const missingUsd = deps.spending.missingUsd(grant.runId, since)
  if (hasMoney(grant, missingUsd)) return 'next'
  await refuse(grant, grant.spentUsd + missingUsd, deps)
  return 'next'
}

function hasMoney({ budgetUsd, spentUsd }: RunGrant, missingUsd: number): boolean {
  return budgetUsd === null || spentUsd + missingUsd < budgetUsd
}

async function refuse(grant: RunGrant, spentUsd: number, deps: GatewayDeps): Promise<never> {
  const { orgId, runId, budgetUsd, isBudgetReached } = grant
  const budget = budgetUsd ?? 0
  if (!isBudgetReached && !deps.budgetsReached.has(runId)) {
    deps.budgetsReached.add(runId)
    await appendEvents(
      { orgId, runId, source: 'system', events: [{ type: 'budget.reached', spentUsd, budgetUsd: budget }] },
      deps.engine,
    )
  }
  throw new Fault('run.budget', `The run's budget of ${dollars(budget)} is used up (${dollars(spentUsd)} spent).`)
}

/** Cents, and more digits only where the amount would look like another. */
export function dollars(usd: number): string {
  return `$${usd.toFixed(usd > 0 && usd < 0.1 ? 4 : 2)}`
}
