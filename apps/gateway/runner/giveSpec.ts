import { readRunSpec } from '@errand/engine'
import { writeJson } from '../answer.ts'
import { type Call, grantOf } from '../call.ts'
import type { GatewayDeps } from '../deps.ts'

/** All that the runner is told of its run. */
export async function giveSpec(call: Call, deps: GatewayDeps): Promise<void> {
  writeJson(call.reply, { status: 200, body: await readRunSpec(grantOf(call), deps.engine) })
}
