import { ftruncateSync, writeSync } from 'node:fs'
import type { Mask } from './mask.ts'

/** What the page of a hosted server shows: one JSON object a line. */
export interface BridgeLog {
  note(op: string, fields: Readonly<Record<string, unknown>>, words: string): void
}

/** What one server says beside the protocol. */
export interface ServerLog {
  said(line: string): void
  /** What it did on the protocol's own stream that nobody can use. */
  babbled(what: string, text: string): void
  /** The last things it said, as far as it may be shown; for the words of a failure. */
  readonly lastWords: string
}

const MAX_FILE_BYTES = 4 * 2 ** 20
const BURST_LINES = 500
const LINES_A_SECOND = 100
const LAST_WORDS_CHARS = 300

/**
 * Writes to a descriptor that is a file of the executor's or a pipe of the cluster's. A file starts anew when it has
 * grown too large: nobody else could cut it while we hold it.
 */
export function createLog(descriptor: number, now: () => Date): BridgeLog {
  let bytes = 0
  return {
    note(op, fields, words) {
      const line = `${JSON.stringify({ time: now().toISOString(), op, ...fields, msg: words })}\n`
      bytes += line.length
      if (bytes > MAX_FILE_BYTES) {
        bytes = line.length
        startAnew(descriptor)
      }
      write(descriptor, line)
    },
  }
}

function startAnew(descriptor: number): void {
  try {
    ftruncateSync(descriptor)
  } catch (error) {
    // A pipe: whoever reads it cuts for itself.
    if ((error as NodeJS.ErrnoException).code !== 'EINVAL') throw error
  }
}

function write(descriptor: number, line: string): void {
  try {
    writeSync(descriptor, line)
  } catch (error) {
    // A full pipe or disk loses a line of the log, never an answer.
    if (!['EAGAIN', 'ENOSPC', 'EPIPE'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
  }
}

/** The standard error of one server, with secrets masked and not faster than anybody could read. */
export function serverLog({ log, mask, name, now }: ServerLogParts): ServerLog {
  let allowed = BURST_LINES
  let since = now().getTime()
  let dropped = 0
  let lastLines: string[] = []
  const note = (text: string): void => {
    const at = now().getTime()
    allowed = Math.min(BURST_LINES, allowed + ((at - since) / 1000) * LINES_A_SECOND)
    since = at
    if (allowed < 1) {
      dropped++
      return
    }
    allowed--
    if (dropped > 0) log.note('server.said', { server: name, dropped }, `… ${dropped} lines were too many`)
    dropped = 0
    log.note('server.said', { server: name }, text)
  }
  return {
    get lastWords() {
      return lastLines.join(' / ').slice(-LAST_WORDS_CHARS)
    },
    said(line) {
      const text = mask(line).trimEnd()
      if (text === '') return
      if (!SAYS_LITTLE.test(text)) lastLines = [...lastLines, text.slice(0, LAST_WORDS_CHARS)].slice(-LAST_LINES)
      note(text)
    },
    babbled: (what, text) => note(`(${what}) ${text.slice(0, BABBLE_CHARS)}`),
  }
}

const BABBLE_CHARS = 500
const LAST_LINES = 3
/** Where something happened, below what happened. */
const SAYS_LITTLE = /^\s+at |^\s*\^*$|^Node\.js v/

interface ServerLogParts {
  readonly log: BridgeLog
  readonly mask: Mask
  readonly name: string
  readonly now: () => Date
}
