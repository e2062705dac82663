interface Used {
  readonly lastUsedAt: string | null
  readonly createdAt: string
}

/** What was used last comes first; what was never used stands by when it was added. */
export function recentFirst<T extends Used>(all: readonly T[]): readonly T[] {
  const when = ({ lastUsedAt, createdAt }: Used) => Date.parse(lastUsedAt ?? createdAt)
  return all.toSorted((a, b) => Number(b.lastUsedAt !== null) - Number(a.lastUsedAt !== null) || when(b) - when(a))
}
