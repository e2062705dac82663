import { toFault } from '@errand/contracts'
import { createLogger, type LogLevel, type Logger } from './logger.ts'
import { partStarter, type StartPart } from './parts.ts'
import { createShutdown } from './shutdown.ts'

export interface ProcessParts {
  readonly log: Logger
  readonly part: StartPart
}

/**
 * One process of several: logs to standard output, ends in order on SIGTERM, and where it cannot start says why in
 * words and ends with 1, so that whoever supervises it tries again. One that had a single thing to do says `done`.
 */
export async function runProcess(
  { name, level, stopMs }: { readonly name: string; readonly level: LogLevel; readonly stopMs: number },
  start: (parts: ProcessParts) => Promise<void | 'done'>,
): Promise<void> {
  const log = createLogger({ name, level, stream: process.stdout })
  let isBroken = false
  const host = { on: process.on.bind(process), exit: (code: number) => process.exit(isBroken ? 1 : code) }
  const shutdown = createShutdown({ log, deadlineMs: stopMs, host })
  const began = performance.now()
  try {
    if ((await start({ log, part: partStarter(shutdown) })) === 'done') return void (await shutdown.stop('it is done'))
    log.info({ op: 'process.start', ms: Math.round(performance.now() - began) }, `${name} is up`)
  } catch (error) {
    const fault = toFault(error)
    log.error({ op: 'process.start', code: fault.code, error }, `${name} could not start: ${fault.message}`)
    isBroken = true
    await shutdown.stop('the start failed')
  }
}
