import type { ChildProcess } from 'node:child_process'
import { rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Fault, type SandboxId } from '@errand/contracts'
import {
  bootLine,
  build,
  type Built,
  discard,
  launchInside,
  lineInside,
  oomFileOf,
  type StartParts,
  type StartSandbox,
} from './build.ts'
import { plainCommand } from './launch/command.ts'
import { launch } from './launch/launch.ts'
import { sandboxFiles, sandboxFolder } from './layout.ts'
import { SYSTEM_PATH } from './stop.ts'

export interface Started {
  readonly child: ChildProcess
  /** In words. */
  readonly limits: string
}

/** Builds a new sandbox and starts it; the caller has seen that none is running. What fails half-way is taken back. */
export async function startSandbox(input: StartSandbox<SandboxId>, parts: StartParts): Promise<Started> {
  const hasWall = await parts.isIsolated()
  if (!hasWall && input.withoutIsolation !== 'run-as-plain-process') throw new Fault('agent.isolation-required')
  const folder = sandboxFolder(parts.config.folder, input.runId)
  // One that never began: an earlier server died between making and starting it.
  await discard(folder)
  const fresh = await build({ limits: input.limits, name: input.runId, hasWall }, parts)
  const { record } = fresh
  try {
    await rename(fresh.files.folder, folder)
    const built = { files: sandboxFiles(folder), record }
    const child = hasWall
      ? await launchInside(input, built, { parts, line: lineInside(input, record) })
      : await startPlain(input, built, parts)
    return { child, limits: record.limits }
  } catch (error) {
    await discard(fresh.files.folder)
    await discard(folder)
    throw error
  } finally {
    if (record.uid !== null) parts.uids.release(record.uid)
  }
}

async function startPlain(
  input: StartSandbox<SandboxId>,
  { files, record }: Built,
  { config }: StartParts,
): Promise<ChildProcess> {
  const command = [config.nodePath, input.program?.path ?? config.runnerPath]
  const line = bootLine(input, {
    gateway: { kind: 'socket', path: `${input.gatewayFolder}/gateway.sock` },
    workspace: files.workspace,
    home: files.home,
    claudePath: config.claudePath,
    oomFile: oomFileOf(record),
  })
  const env = { PATH: `${dirname(config.nodePath)}:${SYSTEM_PATH}`, HOME: files.home, TMPDIR: files.tmp }
  return launch(plainCommand(files, command, record.cgroups), { files, line, env })
}
