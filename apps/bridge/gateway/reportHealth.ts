import { Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { type BridgeGateway, type HealthReport, HOSTED_PATHS } from '@errand/contracts'
import type { BridgeLog } from '../server/serverLog.ts'
import { askGateway, GatewayRefusal } from './ask.ts'

const EVERY_MS = 5_000

/**
 * Tells the gateway how the bridge is, at once and then every five seconds: on a cluster nobody may ask. Ends with the
 * signal; rejects when the gateway does not know this bridge any more.
 */
export async function reportHealth(
  gateway: BridgeGateway,
  report: () => HealthReport,
  { signal, log }: { readonly signal: AbortSignal; readonly log: BridgeLog },
): Promise<void> {
  while (!signal.aborted) {
    const text = JSON.stringify(report())
    const headers = { 'content-type': 'application/json' }
    const question = { method: 'POST', path: HOSTED_PATHS.health, headers, body: () => Readable.from([text]) } as const
    await askGateway(gateway, question).catch((error: unknown) => {
      if (error instanceof GatewayRefusal) throw error
      // It is away for longer; its next life hears of us.
      log.note('health.unheard', { error: String(error) }, 'the gateway does not answer')
    })
    await delay(EVERY_MS, undefined, { signal }).catch((error: unknown) => {
      if (!signal.aborted) throw error
    })
  }
}
