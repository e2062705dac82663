import { Fault, SANDBOX_PATHS } from '@errand/contracts'
import type { Call } from '../call.ts'
import type { GatewayDeps } from '../deps.ts'
import { giveToken } from './giveToken.ts'
import { takeFailure } from './takeFailure.ts'

export type SandboxAnswer = (call: Call, address: string, deps: GatewayDeps) => Promise<void>

const ANSWERS: Readonly<Record<string, SandboxAnswer>> = {
  [`POST ${SANDBOX_PATHS.claim}`]: giveToken,
  [`POST ${SANDBOX_PATHS.failed}`]: takeFailure,
}

/** Answers a sandbox of a cluster that has no token yet. There are none on this machine's own socket. */
export async function answerSandbox(call: Call, deps: GatewayDeps): Promise<'answered'> {
  const { origin } = call
  const key = `${call.method} ${call.target}`
  const answer = Object.hasOwn(ANSWERS, key) ? ANSWERS[key] : undefined
  if (answer === undefined || origin.kind === 'socket') throw new Fault('path.unknown')
  call.fields['from'] = origin.address
  await answer(call, origin.address, deps)
  return 'answered'
}
