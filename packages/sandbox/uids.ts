import { createHash } from 'node:crypto'
import { uidsInUse } from './record.ts'

interface Range {
  readonly first: number
  readonly last: number
}

export interface UidPool {
  take(): Promise<number>
  /** To be called once the record names it, or when the start failed. */
  release(uid: number): void
}

/**
 * Gives each sandbox a uid that no other sandbox below this folder has. What is in use is read from the sandboxes'
 * records, so nothing is forgotten over a restart; `held` covers the moment until a record is written.
 */
export function uidPool(root: string, range: Range): UidPool {
  const size = range.last - range.first + 1
  // Two Errands on one machine begin at different places, so that they hardly ever meet.
  const offset = createHash('sha256').update(root).digest().readUInt32BE(0) % size
  const held = new Set<number>()

  return {
    async take() {
      const used = await uidsInUse(root)
      for (let i = 0; i < size; i++) {
        const uid = range.first + ((offset + i) % size)
        if (used.has(uid) || held.has(uid)) continue
        held.add(uid)
        return uid
      }
      throw new Error(`all ${size} uids for sandboxes are in use`)
    },
    release(uid) {
      held.delete(uid)
    },
  }
}
