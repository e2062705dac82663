import { randomUUID } from 'node:crypto'
import { belowReaper, type BridgeBoot, type BridgeGateway } from '@errand/contracts'
import { readBoot } from './boot.ts'
import { type Bridge, startBridge } from './bridge.ts'
import { readConfig } from './config.ts'
import { LIMITS } from './deps.ts'
import { fetchBundle } from './gateway/bundle.ts'
import { fetchSecrets } from './gateway/fetchSecrets.ts'
import { type Forwarder, startForwarder } from './gateway/forwarder.ts'
import { reportHealth } from './gateway/reportHealth.ts'
import { install } from './install/install.ts'
import { maskOf } from './server/mask.ts'
import { createLog } from './server/serverLog.ts'

const config = readConfig()
becomeReaped(config.environment)
process.title = 'errand-bridge'

const now = (): Date => new Date()
const log = createLog(2, now)
try {
  const boot = await readBoot(process.stdin)
  process.stdin.destroy()
  await ('install' in boot ? install(boot, log) : serve(boot))
  process.exit(0)
} catch (error) {
  // The executor shows the last line.
  log.note('bridge.failed', {}, error instanceof Error ? error.message : String(error))
  process.exit(1)
}

async function serve(boot: BridgeBoot): Promise<void> {
  const { gateway } = boot
  const secrets = gateway === null ? {} : await fetchSecrets(gateway)
  if (gateway !== null && boot.bundle !== undefined) await fetchBundle(gateway, boot.bundle)
  const forwarder = gateway === null ? null : await startForwarder(gateway)
  const mask = maskOf([...Object.values(secrets), ...(gateway === null ? [] : [gateway.token])])
  const deps = { boot: withProxy(boot, forwarder), limits: LIMITS, secrets, mask, log, now, newId: randomUUID }
  const bridge = await startBridge(deps)
  log.note('bridge.started', { port: bridge.port }, 'the bridge answers')
  const asked = new Promise<string>((resolve) => {
    process.on('SIGTERM', () => resolve('it was asked to'))
    process.on('SIGINT', () => resolve('it was asked to'))
  })
  const ending = new AbortController()
  const ends = [asked, bridge.idle.then(() => 'nobody asked for a while')]
  if (boot.listen.kind === 'tcp' && gateway !== null) ends.push(report(gateway, bridge, ending.signal))
  const why = await Promise.race(ends)
  ending.abort()
  log.note('bridge.stopping', {}, `the bridge ends: ${why}`)
  await bridge.close()
}

async function report(gateway: BridgeGateway, bridge: Bridge, signal: AbortSignal): Promise<string> {
  await reportHealth(gateway, () => ({ ...bridge.health(), port: bridge.port }), { signal, log })
  return 'its reports ended'
}

/** Process 1 owes its namespace what Node cannot do; where there is another first process nothing happens. */
function becomeReaped(env: NodeJS.ProcessEnv): void {
  if (process.pid !== 1 || process.execve === undefined) return
  const [shell, ...args] = belowReaper([process.execPath, ...process.argv.slice(1)])
  process.execve(shell, [shell, ...args], env)
}

/** The server learns of its way out as every program does, unless it is told of another. */
function withProxy(given: BridgeBoot, forwarder: Forwarder | null): BridgeBoot {
  return { ...given, server: { ...given.server, env: { ...forwarder?.env, ...given.server.env } } }
}
