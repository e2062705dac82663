import { Fault, sandboxFailureSchema } from '@errand/contracts'
import { failSandbox } from '@errand/engine'
import { type Call, responseOf } from '../call.ts'
import type { GatewayDeps } from '../deps.ts'
import { readSandboxBody } from './readSandboxBody.ts'

/** Takes down why a sandbox will never run anything. */
export async function takeFailure(call: Call, from: string, deps: GatewayDeps): Promise<void> {
  const failure = await readSandboxBody(call, sandboxFailureSchema)
  const asker = { address: from, name: failure.name }
  if (deps.refusals.isReached(asker)) throw new Fault('sandbox.throttled')
  const { known } = await failSandbox(failure, deps.engine)
  if (!known) {
    deps.refusals.count(asker)
    throw new Fault('sandbox.unknown')
  }
  const { name: sandbox, code, detail } = failure
  deps.log.warn({ op: 'sandbox.failed', sandbox, from, code, detail }, 'a sandbox will run nothing')
  responseOf(call).writeHead(204).end()
}
