import type { Adapter, AdapterConstructor, AdapterPayload } from 'oidc-provider'

/**
 * What becomes of a refresh token that was used: `strict` takes it as stolen when it comes again, and ends the grant;
 * `until-next` takes it until the one that came in its place was used, so that an answer that got lost costs nothing.
 */
export type Reuse = 'strict' | 'until-next'

/** Keeps everything in memory. `rows` is shared by the adapters of all models. */
export function memoryAdapter(reuse: Reuse): AdapterConstructor {
  const rows = new Map<string, AdapterPayload>()
  const superseded = new Map<string, Set<string>>()

  return class MemoryAdapter implements Adapter {
    readonly model: string

    constructor(model: string) {
      this.model = model
    }

    private key(id: string): string {
      return `${this.model}:${id}`
    }

    async upsert(id: string, payload: AdapterPayload): Promise<void> {
      rows.set(this.key(id), payload)
    }

    async find(id: string): Promise<AdapterPayload | undefined> {
      return rows.get(this.key(id))
    }

    async findByUid(uid: string): Promise<AdapterPayload | undefined> {
      return [...rows].find(([key, row]) => key.startsWith(`${this.model}:`) && row.uid === uid)?.[1]
    }

    async findByUserCode(): Promise<undefined> {
      return undefined
    }

    async consume(id: string): Promise<void> {
      const row = rows.get(this.key(id))
      if (row === undefined) return
      if (this.model !== 'RefreshToken' || reuse === 'strict') {
        row.consumed = Math.floor(Date.now() / 1000)
        return
      }
      const before = superseded.get(row.grantId ?? '') ?? new Set()
      for (const other of before) {
        const old = rows.get(this.key(other))
        if (other !== id && old !== undefined && (old['rotations'] ?? 0) !== (row['rotations'] ?? 0))
          old.consumed = Math.floor(Date.now() / 1000)
      }
      before.add(id)
      superseded.set(row.grantId ?? '', before)
    }

    async destroy(id: string): Promise<void> {
      rows.delete(this.key(id))
    }

    async revokeByGrantId(grantId: string): Promise<void> {
      for (const [key, row] of rows) if (row.grantId === grantId) rows.delete(key)
    }
  }
}
