import { Fault, RUNNER_PATHS } from '@errand/contracts'
import type { Call } from '../call.ts'
import type { GatewayDeps } from '../deps.ts'
import { giveInput } from './giveInput.ts'
import { giveSpec } from './giveSpec.ts'
import { takeArtifact } from './takeArtifact.ts'
import { takeEvents } from './takeEvents.ts'
import { waitForControl } from './waitForControl.ts'
import { waitForSignIns } from './waitForSignIns.ts'

type Answer = (call: Call, deps: GatewayDeps) => Promise<void>

const ANSWERS: Readonly<Record<string, Answer>> = {
  [`GET ${RUNNER_PATHS.spec}`]: giveSpec,
  [`POST ${RUNNER_PATHS.events}`]: takeEvents,
  [`PUT ${RUNNER_PATHS.artifacts}`]: takeArtifact,
  [`GET ${RUNNER_PATHS.control}`]: waitForControl,
  [`GET ${RUNNER_PATHS.signIns}`]: waitForSignIns,
}

/** Answers what a runner asks in its own name. */
export async function answerRunner(call: Call, deps: GatewayDeps): Promise<'answered'> {
  const { path } = call
  const key = `${call.method} ${path}`
  const isInput = call.method === 'GET' && path.startsWith(`${RUNNER_PATHS.inputs}/`)
  const answer = Object.hasOwn(ANSWERS, key) ? ANSWERS[key] : isInput ? giveInput : undefined
  if (answer === undefined) throw new Fault('path.unknown')
  await answer(call, deps)
  return 'answered'
}
