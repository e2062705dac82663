/** A server with one sandbox that waits: spare.ts FOLDER GATEWAY_FOLDER RUNNER. Says so and waits to be killed. */
import { quietLog } from '@errand/testkit'
import { DEFAULT_UIDS, detectLimiter, localExecutor } from '../../index.ts'
import { LIMITS } from '../sandboxes.ts'

const [folder = '', gatewayFolder = '', runnerPath = ''] = process.argv.slice(2)
const places = { folder, nodePath: process.execPath, claudePath: '/bin/true', runnerPath }
const executor = localExecutor(
  { holds: 'run', ...places, uids: DEFAULT_UIDS },
  { log: quietLog(), now: () => new Date(), limiter: detectLimiter(), isRoot: process.getuid?.() === 0 },
)
await executor.spare({ gatewayFolder, limits: LIMITS })
process.stdout.write('waiting\n')
setInterval(() => undefined, 60_000)
