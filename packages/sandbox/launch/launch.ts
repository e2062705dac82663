import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { open } from 'node:fs/promises'
import { Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { readIfThere } from '../files.ts'
import type { SandboxFiles } from '../layout.ts'
import { SYSTEM_PATH } from '../stop.ts'

const BEGIN_DEADLINE_MS = 10_000
const BEGIN_POLL_MS = 2

/**
 * Starts a launcher in a session of its own and hands `line` to its standard input: the one way in which a secret may
 * pass, as arguments and environment can be read by others. Resolves once the launcher has noted its pid, from when on
 * any process of ours finds it again. The server may die at any moment and the sandbox goes on.
 */
export async function launch(
  command: readonly string[],
  { files, line, env = {} }: LaunchInput,
): Promise<ChildProcess> {
  const [program = '', ...args] = command
  const log = await open(files.log, 'a', 0o600)
  try {
    const child = spawn(program, args, {
      detached: true,
      cwd: files.folder,
      stdio: ['pipe', log.fd, log.fd],
      env: { PATH: SYSTEM_PATH, LANG: 'C.UTF-8', ...env },
    })
    // A launcher that dies before it reads: its end says so, the broken pipe adds nothing.
    child.stdin?.on('error', () => child.stdin?.destroy())
    // At once: should we be killed now, it would wait for a line that never comes, and end (`NO_BOOT_EXIT`).
    if (line !== null) child.stdin?.end(`${line}\n`)
    await once(child, 'spawn')
    await hasBegun(child, files)
    child.unref()
    if (child.stdin instanceof Socket) child.stdin.unref()
    return child
  } finally {
    await log.close()
  }
}

interface LaunchInput {
  readonly files: SandboxFiles
  /** Null: whoever gets the process says it later. */
  readonly line: string | null
  readonly env?: Readonly<Record<string, string>>
}

async function hasBegun(child: ChildProcess, files: SandboxFiles): Promise<void> {
  const deadline = performance.now() + BEGIN_DEADLINE_MS
  while (((await readIfThere(files.pid)) ?? '') === '') {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`the launcher ended at once: ${((await readIfThere(files.log)) ?? '').trim().slice(-500)}`)
    }
    if (performance.now() > deadline) throw new Error('the launcher did not begin')
    await delay(BEGIN_POLL_MS)
  }
}
