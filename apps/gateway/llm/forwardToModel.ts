import { Fault } from '@errand/contracts'
import { type Call, grantOf } from '../call.ts'
import { answerAsDemo } from '../demo/answerAsDemo.ts'
import type { GatewayDeps } from '../deps.ts'
import { type Destination, passThrough, type Passed } from './passThrough.ts'
import { modelPath, upstreamPath } from './paths.ts'
import { recordUsage } from './recordUsage.ts'

/** Sends a model call on and its answer back, untouched, and meters what it used. */
export async function forwardToModel(call: Call, deps: GatewayDeps): Promise<'answered'> {
  if (modelPath(call) !== 'messages') await answer(call, () => undefined, deps)
  else await meteredAnswer(call, deps)
  return 'answered'
}

async function meteredAnswer(call: Call, deps: GatewayDeps): Promise<void> {
  const open = deps.spending.open(grantOf(call).runId)
  let recording: Promise<void> = Promise.resolve()
  try {
    const { metered } = await answer(call, (usd) => open.spent(usd), deps)
    if (metered !== null) recording = recordUsage(call, metered, deps)
  } finally {
    open.settle(recording)
  }
  await recording
}

async function answer(call: Call, onSpent: Destination['onSpent'], deps: GatewayDeps): Promise<Passed> {
  const { upstream } = call
  if (upstream === null)
    throw new Fault('internal.error', undefined, { cause: new Error('a model call without a destination') })
  const passed =
    upstream.kind === 'demo'
      ? await answerAsDemo(call, deps)
      : await passThrough(call, destination(call.target, upstream.baseUrl, onSpent), deps)
  Object.assign(call.fields, { status: passed.status, end: passed.end })
  return passed
}

function destination(target: string, baseUrl: string, onSpent: Destination['onSpent']): Destination {
  const { origin, pathname } = new URL(baseUrl)
  return { origin, path: pathname.replace(/\/$/, '') + upstreamPath(target), onSpent }
}
