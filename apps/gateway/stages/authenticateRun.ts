import { Fault, RUN_TOKEN_HEADER, RUNNER_PATHS } from '@errand/contracts'
import {
  authenticateFinishing,
  authenticateReport,
  authenticateRun as authenticateLive,
  type RunGrant,
} from '@errand/engine'
import type { Call } from '../call.ts'
import type { GatewayDeps } from '../deps.ts'
import { isOwnOrigin, originWords } from '../origin.ts'

/**
 * Finds the run that a call belongs to. A runner shows its token as `authorization: Bearer`; what it forwards for
 * the agent carries `x-errand-run-token`. The header tells them apart, so nothing that came from the agent's side
 * is ever answered on a runner path, and nothing of the runner's goes out to the world.
 */
export async function authenticateRun(call: Call, deps: GatewayDeps): Promise<'next'> {
  const token = call.traffic === 'runner' ? runnerToken(call) : agentToken(call)
  const { path } = call
  // The most frequent of all: what is read for it is what the append needs.
  if (call.traffic === 'runner' && path === RUNNER_PATHS.events) {
    const report = await authenticateReport(token, deps.engine)
    checkOrigin(report, call)
    call.report = report
    return 'next'
  }
  // Between its run's end and its own a runner may still hear that it may go.
  const isFinishing = call.traffic === 'runner' && path === RUNNER_PATHS.control
  const grant = await (isFinishing
    ? authenticateFinishing(token, deps.engine)
    : call.traffic === 'mcp'
      ? deps.grants.open(token)
      : authenticateLive(token, deps.engine))
  checkOrigin(grant, call)
  call.grant = grant
  return 'next'
}

function checkOrigin(grant: Pick<RunGrant, 'orgId' | 'runId' | 'tokenAddress'>, call: Call): void {
  call.fields['orgId'] = grant.orgId
  call.fields['runId'] = grant.runId
  if (isOwnOrigin(grant, call.origin)) return
  call.fields['from'] = originWords(call.origin)
  throw new Fault('token.elsewhere')
}

/** The token of a runner's own call. */
export function runnerToken({ request: { headers } }: Call): string {
  const bearer = /^Bearer ([\w-]+)$/.exec(headers.authorization ?? '')?.[1]
  if (bearer === undefined || headers[RUN_TOKEN_HEADER] !== undefined) throw new Fault('token.invalid')
  return bearer
}

function agentToken({ request: { headers } }: Call): string {
  const token = headers[RUN_TOKEN_HEADER]
  if (typeof token !== 'string') throw new Fault('token.invalid')
  return token
}
