import { request } from 'node:http'
import { BRIDGE_PATHS, type BridgeHealth } from '@errand/contracts'
import * as z from 'zod'

const healthSchema: z.ZodType<BridgeHealth> = z.object({
  ok: z.literal(true),
  sessions: z.int(),
  processes: z.int(),
  waiting: z.int(),
  crashes: z.int(),
  lastError: z.string().nullable(),
  memoryMib: z.number(),
})
const PATIENCE_MS = 2_000

/** Null: nothing answers there (yet). */
export async function askBridge(socketPath: string): Promise<BridgeHealth | null> {
  const { promise, resolve } = Promise.withResolvers<BridgeHealth | null>()
  const signal = AbortSignal.timeout(PATIENCE_MS)
  const outgoing = request({ socketPath, path: BRIDGE_PATHS.health, agent: false, signal })
  outgoing.once('error', () => resolve(null))
  outgoing.once('response', (answer) => {
    let text = ''
    answer.setEncoding('utf8')
    answer.on('data', (part: string) => (text = (text + part).slice(0, 10_000)))
    answer.once('error', () => resolve(null))
    answer.once('end', () => resolve(parse(text)))
  })
  outgoing.end()
  return await promise
}

function parse(text: string): BridgeHealth | null {
  try {
    return healthSchema.safeParse(JSON.parse(text)).data ?? null
  } catch {
    // What listens there may be the server's own.
    return null
  }
}
