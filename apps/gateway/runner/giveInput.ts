import { pipeline } from 'node:stream/promises'
import { RUNNER_PATHS } from '@errand/contracts'
import { openInput } from '@errand/engine'
import { type Call, grantOf, responseOf } from '../call.ts'
import type { GatewayDeps } from '../deps.ts'

/** The bytes of one of the run's input files. Fault of the engine when the run has no such file. */
export async function giveInput(call: Call, deps: GatewayDeps): Promise<void> {
  const { path } = call
  const sha256 = path.slice(RUNNER_PATHS.inputs.length + 1)
  const { sizeBytes, stream } = await openInput(grantOf(call), sha256, deps.engine)
  const response = responseOf(call)
  response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': sizeBytes })
  // A runner that goes away in the middle closes the file; it asks again when it is back.
  await pipeline(stream, response, { signal: call.signal })
}
