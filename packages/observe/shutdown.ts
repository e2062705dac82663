import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from './logger.ts'

export interface Shutdown {
  /** Aborted as soon as stopping begins: loops end, new work is refused. */
  readonly signal: AbortSignal
  /** Registers a part to be closed. Parts close one after the other, the last registered first. */
  onClose(name: string, close: () => Promise<void>): void
  /** Stops now, as if a signal had come. Resolves with the exit code after everything is closed. */
  stop(reason: string): Promise<number>
}

export interface ShutdownOptions {
  readonly log: Logger
  /** How long everything together may take before the process ends without waiting. */
  readonly deadlineMs: number
  /** The process, for its signals and its end. */
  readonly host?: ShutdownHost
}

export interface ShutdownHost {
  on(signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP', hear: () => void): unknown
  exit(code: number): void
}

/**
 * Ends a process in order on Ctrl-C (SIGINT), SIGTERM or when the terminal goes away (SIGHUP): exit code 0 when every
 * part has closed, 1 when one failed or the deadline passed. A second signal ends it at once with 130.
 */
export function createShutdown({ log, deadlineMs, host = process }: ShutdownOptions): Shutdown {
  const controller = new AbortController()
  const parts: { readonly name: string; readonly close: () => Promise<void> }[] = []
  let stopped: Promise<number> | undefined

  const stop = (reason: string): Promise<number> => {
    stopped ??= (async () => {
      controller.abort()
      log.info({ op: 'process.stop', reason }, 'stopping')
      const code = await closeAll({ parts, log, deadlineMs })
      host.exit(code)
      return code
    })()
    return stopped
  }
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    host.on(name, () => {
      if (stopped !== undefined) return host.exit(130)
      void stop(name)
    })
  }
  return { signal: controller.signal, onClose: (name, close) => void parts.push({ name, close }), stop }
}

interface ClosingOptions {
  readonly parts: readonly { readonly name: string; readonly close: () => Promise<void> }[]
  readonly log: Logger
  readonly deadlineMs: number
}

async function closeAll({ parts, log, deadlineMs }: ClosingOptions): Promise<number> {
  const late = new AbortController()
  const deadline = delay(deadlineMs, 'late' as const, { signal: late.signal })
  // The timer is cancelled below when everything closed in time.
  deadline.catch(() => undefined)
  let code = 0
  for (const { name, close } of parts.toReversed()) {
    const since = performance.now()
    // A part that throws instead of rejecting must not keep the others open either.
    const closed = Promise.resolve().then(close)
    const outcome = await Promise.race([closed.then(() => 'closed' as const, asError), deadline])
    const fields = { op: 'part.close', part: name, ms: Math.round(performance.now() - since) }
    if (outcome === 'late') {
      log.error(fields, 'did not close in time; ending without waiting')
      return 1
    }
    if (outcome === 'closed') {
      log.debug(fields, 'closed')
      continue
    }
    code = 1
    log.error({ ...fields, error: outcome }, 'failed to close')
  }
  late.abort()
  return code
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error('closing failed', { cause: error })
}
