import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { RUNNER_PATHS } from '@errand/contracts'
import type { Clock } from './clock.ts'
import { startForwarder } from './forward/forwarder.ts'
import { GatewayClient } from './gateway/client.ts'
import { postEvents } from './gateway/postEvents.ts'
import { startChild } from './process/child.ts'
import { LogFile } from './process/logFile.ts'

/** One that has no run by then waits for a wall, or for whoever comes next. Of a wall that takes a tenth of a second half is left. */
const REHEARSE_AFTER_MS = 25

/**
 * A sandbox that waits has time: what every run does first is done once before, so that its code is loaded and compiled
 * when somebody waits for it. The returned function calls it off.
 */
export function rehearseWhileWaiting(folder: string, clock: Clock): () => void {
  return clock.after(REHEARSE_AFTER_MS, () => {
    rehearse(folder, clock).catch((error: unknown) => {
      // What fails here fails again in a run, and is told there.
      process.stderr.write(`The rehearsal failed: ${String(error)}\n`)
    })
  })
}

/** The other side of it all is this very process, and the program our own Node: nothing of the agent's image takes part. */
async function rehearse(home: string, clock: Clock): Promise<void> {
  const folder = await mkdtemp(join(home, '.errand-'))
  // Refuses both requests itself, in the form of a gateway.
  const forwarder = await startForwarder({
    gateway: { kind: 'tcp', host: '127.0.0.1', port: 1 },
    token: '',
    clock,
    onModelAnswered: () => undefined,
  })
  const gateway = { kind: 'tcp', host: '127.0.0.1', port: forwarder.port } as const
  const client = new GatewayClient({ gateway, token: null }, clock)
  try {
    const log = await LogFile.open(join(folder, 'log'), { name: 'log', maxBytes: 1_000_000 })
    const ask = client.ask({ method: 'GET', path: RUNNER_PATHS.spec })
    await Promise.all([ask, postEvents(client, '{"first":1,"events":[]}'), printVersion(folder, { log, clock })])
    await log.settled()
    await log.file.close()
  } finally {
    client.close()
    forwarder.close()
    await rm(folder, { recursive: true, force: true })
  }
}

async function printVersion(cwd: string, { log, clock }: { log: LogFile; clock: Clock }): Promise<void> {
  const spec = {
    command: process.execPath,
    args: ['--version'],
    cwd,
    env: {},
    interrupt: 'group',
    hasInput: false,
  } as const
  const child = startChild(spec, clock)
  child.stdout.on('data', (chunk: Buffer) => log.write(chunk))
  child.stderr.resume()
  await child.ended
}
