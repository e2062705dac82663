import { Writable } from 'node:stream'
import { createLogger, type Logger } from '@errand/observe'

/** A log that nobody reads. */
export function quietLog(): Logger {
  return createLogger({
    name: 'test',
    level: 'silent',
    stream: new Writable({ write: (_chunk, _encoding, done) => done() }),
  })
}

/** A log whose lines a test reads. */
export function recordedLog(): { readonly log: Logger; readonly lines: () => readonly Record<string, unknown>[] } {
  const lines: Record<string, unknown>[] = []
  const stream = new Writable({
    decodeStrings: false,
    write(chunk: string, _encoding, done) {
      lines.push(JSON.parse(chunk) as Record<string, unknown>)
      done()
    },
  })
  return { log: createLogger({ name: 'test', level: 'debug', stream }), lines: () => lines }
}
