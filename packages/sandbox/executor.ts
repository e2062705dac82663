import { join } from 'node:path'
import { Fault, type Id, idSchema } from '@errand/contracts'
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
import type { StartParts, StartSandbox } from './build.ts'
import { endSpare, isWaiting, type Spare, startSpare, useSpare } from './spare.ts'
import { type Started, startSandbox } from './start.ts'
import { deleteFolder, killSandbox, setAside } from './stop.ts'
import { uidPool } from './uids.ts'

/** Where sandboxes live: this machine. Every verb may be repeated, and may be the first that a new process calls. */
export interface Executor<K extends 'run' | 'instance' = 'run'> {
  look(runId: Id<K>): Promise<Seen>
  /** What `start` gave, of one that was started before, whoever did it. Null: nothing was ever launched. */
  started(runId: Id<K>): Promise<{ readonly limits: string } | null>
  /** Does nothing when there is one. Throws `agent.isolation-required` or `sandbox.unavailable`. */
  start(input: StartSandbox<Id<K>>): Promise<{ readonly limits: string }>
  /** A sandbox that waits for a run: see `SpareSandbox`. Null where nothing isolates. */
  spare(input: Pick<StartSandbox, 'gatewayFolder' | 'limits'>): Promise<SpareSandbox<Id<K>> | null>
  /** Resolves when its last process is gone. */
  kill(runId: Id<K>): Promise<void>
  /** Takes away what a dead sandbox left behind. */
  remove(runId: Id<K>): Promise<void>
  /** Every sandbox that is there, live or dead. */
  list(): Promise<readonly Id<K>[]>
  /** Deletes what interrupted starts and removals left. */
  tidy(): Promise<void>
  /** The end of what launcher and runner printed, and whether it was the launcher that failed. Null: nothing. */
  lastWords(runId: Id<K>): Promise<{ readonly text: string; readonly isLauncher: boolean } | null>
  /** All of it, as far as 1 MB. */
  printed(runId: Id<K>): Promise<string>
  /** Where what it sees as its workspace lies. */
  workspace(id: Id<K>): string
  capabilities(): Promise<Capabilities>
  /** A wake-up when a sandbox's last process is gone. */
  onExit(listener: (runId: Id<K>) => void): { close(): void }
  /** Waits for deletions under way and lets go. Live sandboxes go on. */
  close(): Promise<void>
}

/** Started before anybody needs it, so that a run need not wait for it. */
export interface SpareSandbox<I> {
  isWaiting(): boolean
  /** It becomes the run's sandbox: `start` for one that was made with the same folder and limits. Throws as `start` does. */
  use(input: { readonly runId: I; readonly token: string }): Promise<{ readonly limits: string }>
  /** Resolves when nothing is left of it. Does nothing for one that was used. */
  end(): Promise<void>
}

export function localExecutor<K extends 'run' | 'instance'>(config: SandboxConfig<K>, deps: SandboxDeps): Executor<K> {
  return new LocalExecutor(config, deps)
}

class LocalExecutor<K extends 'run' | 'instance'> implements Executor<K> {
  readonly capabilities: () => Promise<Capabilities>
  readonly #config: SandboxConfig<K>
  readonly #deps: SandboxDeps
  readonly #schema: ReturnType<typeof idSchema<K>>
  readonly #parts: StartParts
  readonly #exits: Exits<Id<K>>
  readonly #starting = new Map<Id<K>, Promise<{ limits: string }>>()
  readonly #deletions = new Set<Promise<void>>()
  readonly #spares = new Set<Spare>()
  #sparesUnderWay = 0
  #isClosed = false

  constructor(config: SandboxConfig<K>, deps: SandboxDeps) {
    this.#config = config
    this.#deps = deps
    this.#schema = idSchema(config.holds)
    this.capabilities = prober(config, deps)
    const isIsolated = async () => (await this.capabilities()).isolation !== 'none'
    this.#parts = { config, deps, uids: uidPool(config.folder, config.uids), isIsolated, shared: sharedOnce(config) }
    this.#exits = new Exits(async (runId) => (await lookAt(this.#at(runId))).kind === 'running')
  }

  async look(runId: Id<K>): Promise<Seen> {
    if (this.#starting.has(runId)) return { kind: 'running', since: this.#deps.now() }
    const seen = await lookAt(this.#at(runId))
    if (seen.kind === 'running') await this.#adopt(runId)
    return seen
  }

  async started(runId: Id<K>): Promise<{ limits: string } | null> {
    return this.#starting.get(runId) ?? this.#launched(runId)
  }

  start(input: StartSandbox<Id<K>>): Promise<{ limits: string }> {
    return this.#startOnce(input.runId, () => startSandbox(input, this.#parts))
  }

  async spare(input: Pick<StartSandbox, 'gatewayFolder' | 'limits'>): Promise<SpareSandbox<Id<K>> | null> {
    if (this.#isClosed) return null
    this.#sparesUnderWay++
    const spare = await startSpare(input, this.#parts).finally(() => this.#sparesUnderWay--)
    if (spare === null) return null
    this.#spares.add(spare)
    if (this.#isClosed) await this.#endSpares()
    return {
      isWaiting: () => this.#spares.has(spare) && isWaiting(spare),
      use: ({ runId, token }) =>
        this.#startOnce(runId, async () => {
          if (!this.#spares.delete(spare)) throw new Error('it was used')
          return useSpare(spare, { runId, token }, this.#parts)
        }),
      end: async () => {
        if (this.#spares.delete(spare)) await endSpare(spare, this.#parts)
      },
    }
  }

  async kill(runId: Id<K>): Promise<void> {
    // Its failure is the starter's to report; nothing is left of it then.
    await this.#starting.get(runId)?.catch(() => undefined)
    await killSandbox(this.#at(runId))
  }

  async remove(runId: Id<K>): Promise<void> {
    const aside = await setAside(this.#at(runId))
    if (aside !== null) this.#delete(aside)
  }

  async list(): Promise<readonly Id<K>[]> {
    const { ids } = await listFolders(this.#config.folder)
    return ids.flatMap((id) => this.#schema.safeParse(id).data ?? [])
  }

  async tidy(): Promise<void> {
    const { others } = await listFolders(this.#config.folder)
    // A start under way has its folder under such a name too, and so has what waits for a run.
    const isStarting = this.#starting.size + this.#sparesUnderWay > 0
    const waiting = new Set([...this.#spares].map(({ files }) => files.folder))
    const isDead = (name: string) =>
      name.startsWith(REMOVED) ||
      (name.startsWith(UNFINISHED) && !isStarting && !waiting.has(join(this.#config.folder, name)))
    for (const name of others.filter(isDead)) {
      const folder = join(this.#config.folder, name)
      await killSandbox(folder)
      await removeCgroups((await readRecord(folder))?.cgroups ?? [])
      this.#delete(folder)
    }
  }

  async lastWords(runId: Id<K>): Promise<{ text: string; isLauncher: boolean } | null> {
    const text = (await this.printed(runId)).trim().slice(-LAST_WORDS_LENGTH)
    const isLauncher = /^(bwrap|launcher|setpriv|unshare|mount|bash|\S*launcher\.sh): /m.test(text)
    return text === '' ? null : { text, isLauncher }
  }

  async printed(runId: Id<K>): Promise<string> {
    return ((await readIfThere(sandboxFiles(this.#at(runId)).log)) ?? '').slice(-1_000_000)
  }

  workspace(id: Id<K>): string {
    return sandboxFiles(this.#at(id)).workspace
  }

  onExit(listener: (runId: Id<K>) => void): { close(): void } {
    return this.#exits.onExit(listener)
  }

  async close(): Promise<void> {
    this.#exits.close()
    this.#isClosed = true
    await this.#endSpares()
    await Promise.all(this.#deletions)
  }

  async #endSpares(): Promise<void> {
    const all = [...this.#spares]
    this.#spares.clear()
    await Promise.all(all.map((spare) => endSpare(spare, this.#parts)))
  }

  #at(runId: Id<K>): string {
    return sandboxFolder(this.#config.folder, runId)
  }

  #startOnce(runId: Id<K>, start: () => Promise<Started>): Promise<{ limits: string }> {
    const already = this.#starting.get(runId)
    if (already !== undefined) return already
    const started = this.#startNew(runId, start).finally(() => this.#starting.delete(runId))
    this.#starting.set(runId, started)
    return started
  }

  async #startNew(runId: Id<K>, start: () => Promise<Started>): Promise<{ limits: string }> {
    const there = await this.#launched(runId)
    if (there !== null) return there
    try {
      const { child, limits } = await start()
      this.#exits.watchChild(runId, child)
      return { limits }
    } catch (error) {
      if (error instanceof Fault) throw error
      throw new Fault('sandbox.unavailable', error instanceof Error ? error.message : undefined, { cause: error })
    }
  }

  async #launched(runId: Id<K>): Promise<{ limits: string } | null> {
    const there = await readLaunched(this.#at(runId))
    return there && { limits: there.record.limits }
  }

  /** One that an earlier server started: from now on we notice its end. */
  async #adopt(runId: Id<K>): Promise<void> {
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
