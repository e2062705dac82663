/** What a row is about: decides its icon, and how tall it stands in the strip. */
export type RowKind =
  | 'fired'
  | 'agent'
  | 'said'
  | 'thought'
  | 'read'
  | 'search'
  | 'edit'
  | 'command'
  | 'script'
  | 'web'
  | 'call'
  | 'helper'
  | 'setup'
  | 'verify'
  | 'step'
  | 'question'
  | 'host'
  | 'blocked'
  | 'note'
  | 'wait'
  | 'warning'
  | 'git'
  | 'changes'
  | 'artifact'
  | 'budget'
  | 'stop'
  | 'end'
  | 'gone'

/** As much of an input or an output as a row keeps; of a failure more, since it is shown without being asked. */
export const KEPT_CHARS = 1_000
export const KEPT_OF_FAILURE = 4_000

export type RowTone = '' | 'fault' | 'proof' | 'flag' | 'live'

/**
 * One line of the timeline. It holds no more text than is shown at once: what is longer is named by the events that have it, and
 * read when somebody opens the row, so that twenty thousand events cost a few megabytes.
 */
export interface Row {
  /** Sequence number of the event that began it. */
  readonly seq: number
  /** ms since 1970. */
  readonly at: number
  readonly kind: RowKind
  readonly tone: RowTone
  readonly verb: string
  readonly target: string
  readonly result: string
  readonly added: number | null
  readonly removed: number | null
  /** Null while it goes on, and for what takes no time. */
  readonly ms: number | null
  readonly isRunning: boolean
  /** What the person sees when the row is opened; empty: it has nothing more. */
  readonly input: string
  readonly output: string
  /** Events that hold more than `input` and `output` do. Of words: the first and the last piece, all between belong to it. */
  readonly more: readonly number[]
  /** What a helper did, in its order. */
  readonly lane: readonly Row[]
}

/** What `[` and `]` and the counts above the timeline lead to. */
export type Landmark = 'error' | 'question' | 'change'

export function landmarkOf(row: Row): Landmark | null {
  if (row.kind === 'question' || row.kind === 'host') return 'question'
  if (row.tone === 'fault') return 'error'
  return row.kind === 'edit' || row.kind === 'changes' ? 'change' : null
}

export function isOpenable(row: Row): boolean {
  return row.input !== '' || row.output !== '' || row.more.length > 0
}

/** A failure shows what went wrong without being asked; of a script, what it prints is all that there is to see. */
export function opensByItself({ kind, tone, output }: Row): boolean {
  return (tone === 'fault' || kind === 'script') && output !== ''
}
