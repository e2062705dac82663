import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs'
import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from '@errand/observe'

/**
 * Calls of tools that are not in the database yet, a line each. A gateway that is killed leaves its files to the next one
 * that starts. Nothing waits for the disk: only the machine’s own end takes them away.
 */
export interface CallJournal {
  /** It is in the file before anything more is read from anywhere, and so before there can be an answer. */
  write(row: string): void
  /** Later calls go into another file. What is given removes this one, when its calls are in the database. */
  turn(): () => void
}

interface Place {
  readonly folder: string
  /** Names this process. */
  readonly gateway: string
}

export function openCallJournal({ folder, gateway }: Place, { log }: { log: Logger }): CallJournal {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  let turns = 0
  let file: { readonly fd: number; readonly path: string } | null = null
  let lines = ''
  const open = () => {
    const path = join(folder, `${gateway}.${turns++}`)
    return { fd: openSync(path, 'a', 0o600), path }
  }
  /** Without a journal calls are on record all the same, unless this process is killed within a tenth of a second. */
  const attempt = (act: () => void) => {
    try {
      act()
    } catch (error) {
      log.error({ op: 'mcp.journal', error }, 'the journal of calls cannot be written')
    }
  }
  const flush = () => {
    const text = lines
    lines = ''
    if (text === '') return
    attempt(() => {
      file ??= open()
      writeSync(file.fd, text)
    })
  }
  return {
    write(row) {
      // Those that were read from their sockets together are one piece for the system.
      if (lines === '') setImmediate(flush)
      lines += `${row}\n`
    },
    turn() {
      flush()
      const written = file
      file = null
      if (written === null) return () => undefined
      attempt(() => closeSync(written.fd))
      // Another gateway that started meanwhile may have taken it up.
      return () => attempt(() => rmSync(written.path, { force: true }))
    },
  }
}

/** What killed gateways left, brought to `keep`, file by file. One that lives may lose a file to this, but no call. */
export async function takeUpJournals(
  folder: string,
  keep: (left: { readonly rows: readonly string[]; readonly gateway: string }) => Promise<void>,
  { log }: { log: Logger },
): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name)
    const [gateway = ''] = name.split('.', 1)
    try {
      const rows = (await readFile(path, 'utf8')).split('\n')
      // One that was killed as it wrote left the last without its end.
      rows.pop()
      await keep({ rows, gateway })
      await rm(path, { force: true })
    } catch (error) {
      // Its gateway lives, and has brought it home itself.
      if (isGone(error)) continue
      log.error({ op: 'mcp.journal', path, error }, 'a journal of calls could not be taken up; it stays where it is')
    }
  }
}

function isGone(error: unknown): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === 'ENOENT'
}
