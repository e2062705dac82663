import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { spawn } from 'node:child_process'
import { claudeArguments, claudeEnv, promptLine } from '../../apps/runner/claude/command.ts'

const CLAUDE = join(import.meta.dirname, '..', '..', '.toolchain', 'bin', 'claude')
const TASK = {
  kind: 'claude-code',
  model: 'claude-sonnet-5-5',
  systemPrompt: null,
  maxTurns: null,
  outputSchema: null,
} as const

/** Claude Code as Errand starts it, in namespaces of its own but in the machine's network and files. Resolves at its end. */
export async function startBare(modelUrl: string): Promise<void> {
  const home = await mkdtemp(join(tmpdir(), 'errand-bench-'))
  const systemPromptFile = join(home, 'system.md')
  await writeFile(systemPromptFile, 'Be brief.\n')
  const places = {
    modelOrigin: modelUrl,
    mcpOrigin: modelUrl,
    systemPromptFile,
    sessionId: randomUUID(),
    workspace: home,
    isHolding: false,
    isRoot: true,
  }
  const walls = [
    '--unshare-all',
    '--share-net',
    '--die-with-parent',
    '--ro-bind',
    '/',
    '/',
    '--dev',
    '/dev',
    '--proc',
    '/proc',
  ]
  const child = spawn(
    'bwrap',
    [...walls, '--bind', home, home, '--chdir', home, CLAUDE, ...claudeArguments(TASK, places)],
    {
      env: { PATH: process.env['PATH'] ?? '', HOME: home, ...claudeEnv(places, {}) },
      stdio: ['pipe', 'ignore', 'pipe'],
    },
  )
  let complaints = ''
  child.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString()))
  child.stdin.end(promptLine('Say hello.'))
  const [code] = (await once(child, 'close')) as [number | null]
  await rm(home, { recursive: true, force: true })
  if (code !== 0) throw new Error(`the bare claude ended with ${code}: ${complaints}`)
}
