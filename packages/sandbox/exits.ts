import type { ChildProcess } from 'node:child_process'
import type { SandboxId } from '@errand/contracts'

/** How often sandboxes whose parent we are not are asked whether they still live. One system call each. */
const POLL_MS = 100
const LEFTOVER_POLL_MS = 10

/**
 * Says when a sandbox's last process is gone, at once where we are its parent, else within a tenth of a second. A wake-up
 * only: what happened is for `look` to see.
 */
export class Exits<I extends SandboxId> {
  readonly #watched = new Map<I, number>()
  readonly #children = new Set<I>()
  readonly #listeners = new Set<(runId: I) => void>()
  readonly #isAnythingLeft: (runId: I) => Promise<boolean>
  #timer: NodeJS.Timeout | undefined

  constructor(isAnythingLeft: (runId: I) => Promise<boolean>) {
    this.#isAnythingLeft = isAnythingLeft
  }

  onExit(listener: (runId: I) => void): { close(): void } {
    this.#listeners.add(listener)
    return { close: () => this.#listeners.delete(listener) }
  }

  /** The launcher is our child. */
  watchChild(runId: I, child: ChildProcess): void {
    this.#children.add(runId)
    const ended = () => {
      this.#children.delete(runId)
      void this.#settle(runId)
    }
    if (child.exitCode !== null || child.signalCode !== null) ended()
    else child.once('exit', ended)
  }

  /** The launcher was started by an earlier process of ours. */
  watchPid(runId: I, pid: number): void {
    this.#watched.set(runId, pid)
    this.#timer ??= setInterval(() => this.#poll(), POLL_MS).unref()
  }

  isWatched(runId: I): boolean {
    return this.#watched.has(runId) || this.#children.has(runId)
  }

  close(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#watched.clear()
    this.#listeners.clear()
  }

  #poll(): void {
    for (const [runId, pid] of this.#watched) {
      if (isAlive(pid)) continue
      this.#watched.delete(runId)
      void this.#settle(runId)
    }
    if (this.#watched.size === 0) {
      clearInterval(this.#timer)
      this.#timer = undefined
    }
  }

  /** The launcher's end comes some milliseconds before that of the processes it takes with it. */
  async #settle(runId: I): Promise<void> {
    const isLeft = await this.#isAnythingLeft(runId).catch(() => false)
    if (isLeft) {
      setTimeout(() => void this.#settle(runId), LEFTOVER_POLL_MS).unref()
      return
    }
    for (const listener of this.#listeners) listener(runId)
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it is there and not ours, which is a launcher that root started.
    return error instanceof Error && Reflect.get(error, 'code') === 'EPERM'
  }
}
