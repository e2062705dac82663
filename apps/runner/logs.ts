import { join } from 'node:path'
import type { RunSpec } from '@errand/contracts'
import { LogFile } from './process/logFile.ts'

export interface Logs {
  /** What setup, script and verify printed. */
  readonly output: LogFile
  /** Claude Code's stream as it came, and what it printed beside it. */
  readonly stream: LogFile
  readonly errors: LogFile
  readonly all: readonly LogFile[]
  close(): Promise<void>
}

export async function openLogs(folder: string, { maxArtifactBytes }: Pick<RunSpec, 'maxArtifactBytes'>): Promise<Logs> {
  const open = (name: string): Promise<LogFile> =>
    LogFile.open(join(folder, name), { name, maxBytes: maxArtifactBytes })
  const [output, stream, errors] = await Promise.all([
    open('output.log'),
    open('claude.jsonl'),
    open('claude.stderr.log'),
  ])
  const all = [output, stream, errors]
  return {
    output,
    stream,
    errors,
    all,
    async close() {
      for (const log of all) {
        await log.settled()
        await log.file.close()
      }
    },
  }
}
