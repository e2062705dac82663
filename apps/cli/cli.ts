import { run } from '@stricli/core'
import { buildApp } from './app.ts'
import { readConfig } from './config.ts'
import type { Cli } from './context.ts'
import { EXIT } from './exit.ts'
import { createOutput } from './output.ts'

const config = readConfig()
const interruption = new AbortController()
process.on('SIGINT', () => {
  if (interruption.signal.aborted) process.exit(EXIT.interrupted)
  interruption.abort()
})
// A reader that had enough (`errand runs | head -1`) ends us quietly.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit(EXIT.ok)
})

const own: Cli['process'] = { stdout: process.stdout, stderr: process.stderr }
const cli: Cli = {
  process: own,
  config,
  out: createOutput(process, config.hasColor),
  stdin: process.stdin,
  interrupted: interruption.signal,
}
await run(await buildApp(), process.argv.slice(2), cli)
// What the argument scanner refuses is negative there.
process.exitCode = Number(own.exitCode ?? 0) < 0 ? EXIT.usage : Number(own.exitCode ?? 0)
