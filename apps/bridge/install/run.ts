import { spawn } from 'node:child_process'
import { Lines } from '../server/lines.ts'
import type { BridgeLog } from '../server/serverLog.ts'

/** Runs a program to its end and gives what it printed. Throws with its last words when it fails. */
export type Run = (command: readonly string[], cwd: string, env?: Readonly<Record<string, string>>) => Promise<string>

const MAX_LINE_BYTES = 64 * 1024
const KEPT_LINES = 4
const MAX_OUTPUT_CHARS = 4 * 2 ** 20

export function runner(env: Readonly<Record<string, string>>, log: BridgeLog): Run {
  const base = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: '/tmp', LANG: 'C.UTF-8', ...env }
  return async ([program = '', ...args], cwd, more = {}) => {
    const child = spawn(program, args, { cwd, env: { ...base, ...more }, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    const lastWords: string[] = []
    child.stdout.on('data', (chunk: Buffer) => {
      if (output.length < MAX_OUTPUT_CHARS) output += chunk.toString()
    })
    const lines = new Lines(MAX_LINE_BYTES, {
      onLine: (line) => {
        if (line.trim() === '') return
        const words = line.trim().slice(0, 500)
        log.note('install.said', {}, words)
        // Where its own log lies is nobody's business here.
        if (!words.includes('A complete log of this run')) lastWords.push(words)
        if (lastWords.length > KEPT_LINES) lastWords.shift()
      },
      onLongLine: () => undefined,
    })
    child.stderr.on('data', (chunk: Buffer) => lines.push(chunk))
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', resolve)
    })
    if (code !== 0)
      throw new Error(`${program.split('/').at(-1) ?? ''} ended with ${code ?? 'a signal'}: ${lastWords.join(' / ')}`)
    return output
  }
}
