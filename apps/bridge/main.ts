import { randomUUID } from 'node:crypto'
import { belowReaper } from '@errand/contracts'
import { readBoot } from './boot.ts'
import { startBridge } from './bridge.ts'
import { readConfig } from './config.ts'
import { LIMITS } from './deps.ts'
import { fetchSecrets } from './gateway/fetchSecrets.ts'
import { maskOf } from './server/mask.ts'
import { createLog } from './server/serverLog.ts'

const config = readConfig()
becomeReaped(config.environment)
process.title = 'errand-bridge'

const now = (): Date => new Date()
const log = createLog(2, now)
const boot = await readBoot(process.stdin)
process.stdin.destroy()
const secrets = boot.gateway === null ? {} : await fetchSecrets(boot.gateway)
const secretValues = [...Object.values(secrets), ...(boot.gateway === null ? [] : [boot.gateway.token])]
const mask = maskOf(secretValues)
const bridge = await startBridge({ boot, limits: LIMITS, secrets, mask, log, now, newId: randomUUID })
log.note('bridge.started', { port: bridge.port }, 'the bridge answers')

const asked = new Promise<string>((resolve) => {
  process.on('SIGTERM', () => resolve('it was asked to'))
  process.on('SIGINT', () => resolve('it was asked to'))
})
const why = await Promise.race([asked, bridge.idle.then(() => 'nobody asked for a while')])
log.note('bridge.stopping', {}, `the bridge ends: ${why}`)
await bridge.close()
process.exit(0)

/** Process 1 owes its namespace what Node cannot do; where there is another first process nothing happens. */
function becomeReaped(env: NodeJS.ProcessEnv): void {
  if (process.pid !== 1 || process.execve === undefined) return
  const [shell, ...args] = belowReaper([process.execPath, ...process.argv.slice(1)])
  process.execve(shell, [shell, ...args], env)
}
