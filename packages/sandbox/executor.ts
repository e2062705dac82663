import { join } from 'node:path'
import { Fault, type RunId } from '@errand/contracts'
import type { Seen } from '@errand/domain'
import { type Capabilities, prober } from './capabilities.ts'
import { removeCgroups } from './cgroup/cgroupFolders.ts'
import type { SandboxConfig, SandboxDeps } from './config.ts'
import { Exits } from './exits.ts'
import { readIfThere } from './files.ts'
import { REMOVED, sandboxFiles, sandboxFolder, UNFINISHED } from './layout.ts'
import { lookAt, readLaunched } from './look.ts'
import { sharedOnce } from './prepare.ts'
import { listFolders, readRecord } from './record.ts'
import { type StartParts, type StartSandbox, startSandbox } from './start.ts'
import { deleteFolder, killSandbox, setAside } from './stop.ts'
import { uidPool } from './uids.ts'

/** Where sandboxes live: this machine. Every verb may be repeated, and may be the first that a new process calls. */
export interface Executor {
  look(runId: RunId): Promise<Seen>
  /** Does nothing when there is one. Throws `agent.isolation-required` or `sandbox.unavailable`. */
  start(input: StartSandbox): Promise<{ readonly limits: string }>
  /** Resolves when its last process is gone. */
  kill(runId: RunId): Promise<void>
  /** Takes away what a dead sandbox left behind. */
  remove(runId: RunId): Promise<void>
  /** Every sandbox that is there, live or dead. */
  list(): Promise<readonly RunId[]>
  /** Deletes what interrupted starts and removals left. */
  tidy(): Promise<void>
  /** The end of what launcher and runner printed, and whether it was the launcher that failed. Null: nothing. */
  lastWords(runId: RunId): Promise<{ readonly text: string; readonly isLauncher: boolean } | null>
  /** All of it, as far as 1 MB. */
  printed(runId: RunId): Promise<string>
  capabilities(): Promise<Capabilities>
  /** A wake-up when a sandbox's last process is gone. */
  onExit(listener: (runId: RunId) => void): { close(): void }
  /** Waits for deletions under way and lets go. Live sandboxes go on. */
  close(): Promise<void>
}

export function localExecutor(config: SandboxConfig, deps: SandboxDeps): Executor {
  return new LocalExecutor(config, deps)
}

class LocalExecutor implements Executor {
  readonly capabilities: () => Promise<Capabilities>
  readonly #config: SandboxConfig
  readonly #deps: SandboxDeps
  readonly #parts: StartParts
  readonly #exits: Exits
  readonly #starting = new Map<RunId, Promise<{ limits: string }>>()
  readonly #deletions = new Set<Promise<void>>()

  constructor(config: SandboxConfig, deps: SandboxDeps) {
    this.#config = config
    this.#deps = deps
    this.capabilities = prober(config, deps)
    const isIsolated = async () => (await this.capabilities()).isolation !== 'none'
    this.#parts = { config, deps, uids: uidPool(config.folder, config.uids), isIsolated, shared: sharedOnce(config) }
    this.#exits = new Exits(async (runId) => (await lookAt(this.#at(runId))).kind === 'running')
  }

  async look(runId: RunId): Promise<Seen> {
    if (this.#starting.has(runId)) return { kind: 'running', since: this.#deps.now() }
    const seen = await lookAt(this.#at(runId))
    if (seen.kind === 'running') await this.#adopt(runId)
    return seen
  }

  start(input: StartSandbox): Promise<{ limits: string }> {
    const already = this.#starting.get(input.runId)
    if (already !== undefined) return already
    const started = this.#startNew(input).finally(() => this.#starting.delete(input.runId))
    this.#starting.set(input.runId, started)
    return started
  }

  async kill(runId: RunId): Promise<void> {
    // Its failure is the starter's to report; nothing is left of it then.
    await this.#starting.get(runId)?.catch(() => undefined)
    await killSandbox(this.#at(runId))
  }

  async remove(runId: RunId): Promise<void> {
    const aside = await setAside(this.#at(runId))
    if (aside !== null) this.#delete(aside)
  }

  async list(): Promise<readonly RunId[]> {
    return (await listFolders(this.#config.folder)).runs
  }

  async tidy(): Promise<void> {
    const { others } = await listFolders(this.#config.folder)
    // A start under way has its folder under such a name too.
    const isDead = (name: string) =>
      name.startsWith(REMOVED) || (name.startsWith(UNFINISHED) && this.#starting.size === 0)
    for (const name of others.filter(isDead)) {
      const folder = join(this.#config.folder, name)
      await removeCgroups((await readRecord(folder))?.cgroups ?? [])
      this.#delete(folder)
    }
  }

  async lastWords(runId: RunId): Promise<{ text: string; isLauncher: boolean } | null> {
    const text = (await this.printed(runId)).trim().slice(-LAST_WORDS_LENGTH)
    const isLauncher = /^(bwrap|launcher|setpriv|unshare|mount|bash|\S*launcher\.sh): /m.test(text)
    return text === '' ? null : { text, isLauncher }
  }

  async printed(runId: RunId): Promise<string> {
    return ((await readIfThere(sandboxFiles(this.#at(runId)).log)) ?? '').slice(-1_000_000)
  }

  onExit(listener: (runId: RunId) => void): { close(): void } {
    return this.#exits.onExit(listener)
  }

  async close(): Promise<void> {
    this.#exits.close()
    await Promise.all(this.#deletions)
  }

  #at(runId: RunId): string {
    return sandboxFolder(this.#config.folder, runId)
  }

  async #startNew(input: StartSandbox): Promise<{ limits: string }> {
    const there = await readLaunched(this.#at(input.runId))
    if (there !== null) return { limits: there.record.limits }
    try {
      const { child, limits } = await startSandbox(input, this.#parts)
      this.#exits.watchChild(input.runId, child)
      return { limits }
    } catch (error) {
      if (error instanceof Fault) throw error
      throw new Fault('sandbox.unavailable', error instanceof Error ? error.message : undefined, { cause: error })
    }
  }

  /** One that an earlier server started: from now on we notice its end. */
  async #adopt(runId: RunId): Promise<void> {
    if (this.#exits.isWatched(runId)) return
    const launched = await readLaunched(this.#at(runId))
    if (launched !== null) this.#exits.watchPid(runId, launched.launcher.pid)
  }

  #delete(folder: string): void {
    const deletion = deleteFolder(folder)
      .catch((error: unknown) => {
        this.#deps.log.warn({ op: 'sandbox.delete', ok: false, folder, error }, 'a folder could not be deleted')
      })
      .finally(() => this.#deletions.delete(deletion))
    this.#deletions.add(deletion)
  }
}

const LAST_WORDS_LENGTH = 500
