/**
 * Reads what changed, one request at a time: what changes meanwhile is read together by the next one, so a slow line is
 * never given more than it can carry.
 */
export function collectReads<Id>(
  read: (ids: readonly Id[]) => Promise<void>,
  atOnce = 100,
): (ids: readonly Id[]) => void {
  const waiting = new Set<Id>()
  let isReading = false
  const next = async (): Promise<void> => {
    isReading = true
    while (waiting.size > 0) {
      const ids = [...waiting].slice(0, atOnce)
      for (const id of ids) waiting.delete(id)
      await read(ids)
    }
    isReading = false
  }
  return (ids) => {
    for (const id of ids) waiting.add(id)
    if (!isReading) void next()
  }
}
