import { Fault, type FaultCode, SANDBOX_PATHS, toFault } from '@errand/contracts'
import type { Call } from '../call.ts'
import type { GatewayDeps } from '../deps.ts'
import { giveToken } from './giveToken.ts'
import { takeFailure } from './takeFailure.ts'

export type SandboxAnswer = (call: Call, address: string, deps: GatewayDeps) => Promise<void>

const ANSWERS: Readonly<Record<string, SandboxAnswer>> = {
  [`POST ${SANDBOX_PATHS.claim}`]: giveToken,
  [`POST ${SANDBOX_PATHS.failed}`]: takeFailure,
}

const WRONG: ReadonlySet<FaultCode> = new Set([
  'sandbox.unknown',
  'sandbox.taken',
  'input.invalid',
  'request.too-large',
])

/** Answers a sandbox of a cluster that has no token yet. There are none on this machine's own socket. */
export async function answerSandbox(call: Call, deps: GatewayDeps): Promise<'answered'> {
  const { origin } = call
  const key = `${call.method} ${call.target}`
  const answer = Object.hasOwn(ANSWERS, key) ? ANSWERS[key] : undefined
  if (answer === undefined || origin.kind === 'socket') throw new Fault('path.unknown')
  call.fields['from'] = origin.address
  if (deps.refusals.isReached(origin.address)) throw new Fault('sandbox.throttled')
  try {
    await answer(call, origin.address, deps)
  } catch (error) {
    if (WRONG.has(toFault(error).code)) deps.refusals.count(origin.address)
    throw error
  }
  return 'answered'
}
