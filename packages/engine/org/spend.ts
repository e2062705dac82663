import { Fault } from '@errand/contracts'
import { listSpendDays } from '@errand/store'
import type { Actor, EngineDeps } from '../deps.ts'

export interface SpendDay {
  /** `2026-03-01`, in the reader's zone. */
  readonly day: string
  readonly costUsd: number
  readonly calls: number
  /** Of a model whose price is not known: the sum is then a lower bound. */
  readonly unpricedCalls: number
  readonly tokens: number
}

const DAY_MS = 86_400_000

/** What models cost on each of the last days, today the last; a day without use is there with nothing. */
export async function readSpend(
  { orgId }: Actor,
  { days, zone }: { days: number; zone: string },
  { db, now }: Pick<EngineDeps, 'db' | 'now'>,
): Promise<readonly SpendDay[]> {
  const today = dayIn(zone, now())
  const all = Array.from({ length: days }, (_, index) => daysBefore(today, days - 1 - index))
  // A zone is at most 14 hours ahead: the day before the first holds its beginning.
  const since = new Date(Date.parse(`${all[0] ?? today}T00:00:00Z`) - DAY_MS)
  const until = new Date(now().getTime() + DAY_MS)
  const rows = new Map((await listSpendDays(db, { orgId, since, until, zone })).map((row) => [row.day, row]))
  return all.map((day) => rows.get(day) ?? { day, costUsd: 0, calls: 0, unpricedCalls: 0, tokens: 0 })
}

function dayIn(zone: string, at: Date): string {
  try {
    return new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short' }).format(at)
  } catch (cause) {
    if (cause instanceof RangeError) throw new Fault('input.invalid', `zone: ${zone} is no time zone.`, { cause })
    throw cause
  }
}

function daysBefore(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - days * DAY_MS).toISOString().slice(0, 10)
}
