const DAY_MS = 86_400_000
/** From then on the date is a warning. */
const NEAR_MS = 7 * DAY_MS

export function isNear({ retainUntil }: { readonly retainUntil: string }, now: number): boolean {
  return Date.parse(retainUntil) - now < NEAR_MS
}

/** When the first of them goes; null without any. */
export function firstToGo(artifacts: readonly { readonly retainUntil: string }[]): string | null {
  return artifacts.map(({ retainUntil }) => retainUntil).toSorted()[0] ?? null
}
