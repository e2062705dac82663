import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Changes, RunSpec } from '@errand/contracts'
import type { Recorder } from '../events/recorder.ts'
import { GatewayLost, RunOver } from '../gateway/client.ts'
import type { LogFile } from '../process/logFile.ts'
import { kindOf, listFolder, openRegular } from './artifactFolder.ts'
import { pushBranch, readChanges, writePatch } from './changes.ts'
import { type Snapshot, SnapshotFailed } from './snapshot.ts'
import type { Uploader } from './uploader.ts'

export interface Harvest {
  readonly snapshots: readonly Snapshot[]
  /** The agent's structured result; undefined without one. */
  readonly structured: unknown
  readonly artifactsFolder: string
  readonly logs: readonly LogFile[]
}

export interface Collected {
  readonly changes: readonly Changes[]
  /** git's words about pushes that did not succeed, by repository. */
  readonly pushFailures: readonly string[]
}

export interface CollectDeps {
  readonly uploader: Uploader
  readonly recorder: Recorder
  readonly ownFolder: string
  readonly maxArtifacts: RunSpec['maxArtifacts']
  readonly signal: AbortSignal
}

/**
 * Brings back everything that the run leaves: what matters most first, since a run that was told to stop has little
 * time. What cannot be collected becomes a note, and the rest still comes.
 */
export async function collect(harvest: Harvest, deps: CollectDeps): Promise<Collected> {
  const changes: Changes[] = []
  const pushFailures: string[] = []
  for (const snapshot of harvest.snapshots) {
    await guarded(`The changes in ${snapshot.clone.repository.name}`, deps, async () => {
      const found = await collectRepository(snapshot, deps)
      if (found === null) return
      changes.push(found.changes)
      if (found.pushFailure !== null) pushFailures.push(`${snapshot.clone.repository.name}: ${found.pushFailure}`)
    })
  }
  if (harvest.structured !== undefined) {
    await guarded('The structured result', deps, async () => {
      const text = `${JSON.stringify(harvest.structured, null, 2)}\n`
      await putText(text, { name: 'result.json', kind: 'json', mediaType: 'application/json' }, deps)
    })
  }
  await guarded('The files of the artifacts folder', deps, () => collectFolder(harvest.artifactsFolder, deps))
  for (const log of harvest.logs) await guarded(`The log ${log.name}`, deps, () => collectLog(log, deps))
  return { changes, pushFailures }
}

async function collectRepository(
  snapshot: Snapshot,
  deps: CollectDeps,
): Promise<{ changes: Changes; pushFailure: string | null } | null> {
  const changes = await readChanges(snapshot)
  if (changes === null) return null
  const { repository } = snapshot.clone
  const file = fileName(repository.dir)
  const patch = join(deps.ownFolder, `${file}.patch`)
  await writePatch(snapshot, changes, patch)
  await deps.uploader.putPath(patch, { name: `${file}.patch`, kind: 'patch', mediaType: 'text/x-diff; charset=utf-8' })
  await rm(patch)
  const pushFailure = await pushBranch(snapshot, changes.head, deps.signal)
  const pushed = { ...changes, branch: pushFailure === null ? repository.pushBranch : null }
  deps.recorder.emit({ type: 'changes.collected', changes: pushed })
  if (pushFailure !== null) {
    deps.recorder.note('warn', `${repository.name}: ${pushFailure}`, 'repository.push-failed')
    return { changes: pushed, pushFailure }
  }
  const branch = { repository: repository.url, branch: repository.pushBranch, head: changes.head, base: changes.base }
  const label = { name: `${file}.branch.json`, kind: 'branch', mediaType: 'application/json' } as const
  await putText(`${JSON.stringify(branch, null, 2)}\n`, label, deps)
  return { changes: pushed, pushFailure }
}

async function collectFolder(folder: string, deps: CollectDeps): Promise<void> {
  const { files, unsafe } = await listFolder(folder)
  for (const name of unsafe.slice(0, 20))
    deps.recorder.note('warn', `Left out of the artifacts: ${name}.`, 'artifact.unsafe')
  if (unsafe.length > 20)
    deps.recorder.note('warn', `${unsafe.length - 20} more were left out of the artifacts.`, 'artifact.unsafe')
  for (const { name, path } of files.slice(0, deps.maxArtifacts)) {
    const file = await openRegular(path)
    if (file === null) {
      deps.recorder.note('warn', `Left out of the artifacts: ${name} (it cannot be read).`, 'artifact.unsafe')
      continue
    }
    try {
      await deps.uploader.put(file, { name, ...kindOf(name) })
    } finally {
      await file.close()
    }
  }
  const over = files.length - deps.maxArtifacts
  if (over > 0)
    deps.recorder.note(
      'warn',
      `A run may leave ${deps.maxArtifacts} files; ${over} more were left out. Put them into an archive.`,
    )
}

async function collectLog(log: LogFile, deps: CollectDeps): Promise<void> {
  const failure = await log.settled()
  if (failure !== null) deps.recorder.note('warn', `The log ${log.name} is not complete: ${(failure as Error).message}`)
  if (log.isEmpty) return
  const mediaType = log.name.endsWith('.jsonl') ? 'application/jsonl' : 'text/plain; charset=utf-8'
  await deps.uploader.put(log.file, { name: log.name, kind: 'log', mediaType })
}

async function putText(text: string, label: Parameters<Uploader['putPath']>[1], deps: CollectDeps): Promise<void> {
  const path = join(deps.ownFolder, label.name)
  await writeFile(path, text, { mode: 0o600 })
  await deps.uploader.putPath(path, label)
}

/** One thing that fails must not take the others with it; only a gateway that no longer listens ends them all. */
async function guarded(what: string, deps: CollectDeps, work: () => Promise<void>): Promise<void> {
  if (deps.signal.aborted) return
  try {
    await work()
  } catch (error) {
    if (error instanceof GatewayLost || error instanceof RunOver) throw error
    if (deps.signal.aborted) deps.recorder.note('warn', `${what} could not be collected in the time that was left.`)
    else if (isDiskFull(error)) deps.recorder.note('warn', `${what} could not be collected.`, 'sandbox.disk-full')
    else deps.recorder.note('warn', `${what} could not be collected: ${(error as Error).message}`)
  }
}

function isDiskFull(error: unknown): boolean {
  if (error instanceof SnapshotFailed) return /No space left on device/.test(error.message)
  return (error as NodeJS.ErrnoException).code === 'ENOSPC'
}

function fileName(dir: string): string {
  return dir.replaceAll('/', '-')
}
