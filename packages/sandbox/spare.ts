import type { ChildProcess } from 'node:child_process'
import { rename, writeFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import type { SandboxId } from '@errand/contracts'
import { build, type Built, discard, launchInside, lineInside, type StartParts, type StartSandbox } from './build.ts'
import { readIfThere } from './files.ts'
import { sandboxFolder } from './layout.ts'
import { innerPid } from './look.ts'
import { writeRecord } from './record.ts'
import type { Started } from './start.ts'
import { killSandbox } from './stop.ts'

/**
 * A whole sandbox that has everything but a run: what is inside waits for its boot line. It knows no secret, is used
 * once, and ends by itself when the server does, as nobody is left who could say the line.
 */
export interface Spare extends Built {
  readonly child: ChildProcess
}

/** Null where nothing isolates: without a wall, the paths inside bear the run's name. */
export async function startSpare(
  input: Pick<StartSandbox, 'gatewayFolder' | 'limits'>,
  parts: StartParts,
): Promise<Spare | null> {
  if (!(await parts.isIsolated())) return null
  const built = await build({ limits: input.limits, name: 'spare', hasWall: true }, parts)
  try {
    const child = await launchInside(input, built, { parts, line: null })
    await isInside(child, built)
    return { ...built, child }
  } catch (error) {
    await takeAway(built, parts)
    throw error
  }
}

/** Of one that is not wanted any more. */
export async function endSpare(spare: Spare, parts: Pick<StartParts, 'uids'>): Promise<void> {
  spare.child.stdin?.destroy()
  await killSandbox(spare.files.folder)
  await takeAway(spare, parts)
}

export function isWaiting({ child }: Spare): boolean {
  return child.exitCode === null && child.signalCode === null
}

/** It is the run's from the renaming on; a server that dies before the line is said leaves one that ends by itself. */
export async function useSpare(
  spare: Spare,
  input: Pick<StartSandbox<SandboxId>, 'runId' | 'token'>,
  { config, deps, uids }: StartParts,
): Promise<Started> {
  const { child, files, record } = spare
  await writeFile(`${files.record}.new`, writeRecord({ ...record, startedAt: deps.now() }))
  await rename(`${files.record}.new`, files.record)
  const folder = sandboxFolder(config.folder, input.runId)
  // As in `startSandbox`: one that never began.
  await discard(folder)
  await rename(files.folder, folder)
  if (record.uid !== null) uids.release(record.uid)
  child.stdin?.end(`${lineInside(input, record)}\n`)
  return { child, limits: record.limits }
}

/** Until then it is looked for by the names that its files have. Rejects when it ends instead. */
async function isInside(child: ChildProcess, { files }: Built): Promise<void> {
  const deadline = performance.now() + ENTER_DEADLINE_MS
  for (;;) {
    const pid = innerPid(await readIfThere(files.inner))
    const program = await readIfThere(`/proc/${pid}/comm`)
    if (program !== null && program.trim() !== 'bwrap') return
    if (child.exitCode !== null || child.signalCode !== null) throw new Error('it ended at once')
    if (performance.now() > deadline) throw new Error('it did not come to its first process')
    await delay(ENTER_POLL_MS)
  }
}

const ENTER_DEADLINE_MS = 10_000
const ENTER_POLL_MS = 10

async function takeAway({ files, record }: Built, { uids }: Pick<StartParts, 'uids'>): Promise<void> {
  await discard(files.folder)
  if (record.uid !== null) uids.release(record.uid)
}
