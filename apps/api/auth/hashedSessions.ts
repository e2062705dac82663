import type { BetterAuthOptions } from '@better-auth/core'
import type { DBAdapter, DBTransactionAdapter, Where } from '@better-auth/core/db/adapter'
import { createHash } from 'node:crypto'

type MakeAdapter = (options: BetterAuthOptions) => DBAdapter<BetterAuthOptions>

/**
 * better-auth stores session tokens as they are, so whoever reads the table could sign in. Between it and the table each
 * token becomes its SHA-256: rows go in hashed, questions are asked by the hash, and a row that was found by its token
 * comes back with it. A row found in any other way shows the hash, which opens nothing.
 */
export function hashedSessions(make: MakeAdapter): MakeAdapter {
  return (options) => {
    const inner = make(options)
    return { ...hashing(inner), transaction: (work) => inner.transaction((tx) => work(hashing(tx))) } as DBAdapter
  }
}

export function tokenHash(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

function hashing(inner: DBTransactionAdapter): DBTransactionAdapter {
  return {
    ...inner,
    create: async (input) => {
      const token = tokenIn(input.model, input.data)
      const row = await inner.create({ ...input, data: withHash(input.model, input.data) })
      return withToken(row, token) as never
    },
    findOne: async (input) => withToken(await inner.findOne(asked(input)), tokenAsked(input)) as never,
    findMany: (input) => inner.findMany(asked(input)),
    count: (input) => inner.count(asked(input)),
    update: async (input) => {
      const row = await inner.update({ ...asked(input), update: withHash(input.model, input.update) })
      return withToken(row, tokenAsked(input)) as never
    },
    updateMany: (input) => inner.updateMany({ ...asked(input), update: withHash(input.model, input.update) }),
    delete: (input) => inner.delete(asked(input)),
    deleteMany: (input) => inner.deleteMany(asked(input)),
    consumeOne: async (input) => withToken(await inner.consumeOne(asked(input)), tokenAsked(input)) as never,
    incrementOne: (input) => inner.incrementOne(asked(input)),
  }
}

interface Asked {
  readonly model: string
  readonly where?: Where[] | undefined
}

function asked<I extends Asked>(input: I): I {
  if (input.model !== 'session' || input.where === undefined) return input
  const where = input.where.map((one) => (one.field === 'token' ? { ...one, value: hashedValue(one.value) } : one))
  return { ...input, where }
}

function hashedValue(value: Where['value']): Where['value'] {
  if (typeof value === 'string') return tokenHash(value)
  return Array.isArray(value) ? value.map((one) => tokenHash(String(one))) : value
}

function tokenAsked({ model, where }: Asked): string | null {
  const asks = model === 'session' ? where?.find(({ field }) => field === 'token')?.value : undefined
  return typeof asks === 'string' ? asks : null
}

function tokenIn(model: string, data: Readonly<Record<string, unknown>>): string | null {
  const { token } = data
  return model === 'session' && typeof token === 'string' ? token : null
}

function withHash<D extends Record<string, unknown>>(model: string, data: D): D {
  const token = tokenIn(model, data)
  return token === null ? data : { ...data, token: tokenHash(token) }
}

function withToken(row: unknown, token: string | null): unknown {
  return row !== null && typeof row === 'object' && token !== null ? { ...row, token } : row
}
