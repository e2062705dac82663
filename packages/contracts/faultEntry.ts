/**
 * A failure that a person can see: what happened, and what to do next.
 * `http` is the status of an answer that carries it; `retry` says whether the same request can succeed later
 * without anybody changing anything; `level` is how the log records it.
 */
export interface FaultEntry {
  readonly words: string
  readonly remedy: string
  readonly http: number
  readonly retry: boolean
  readonly level: 'info' | 'warn' | 'error'
  /** Set where a run can end with it: the pages have a remedy to press for each of these. */
  readonly endsRun?: true
}

export const asked = (http: number, words: string, remedy: string): FaultEntry => ({
  words,
  remedy,
  http,
  retry: false,
  level: 'info',
})
export const ended = (words: string, remedy: string, retry = false): FaultEntry & { readonly endsRun: true } => ({
  words,
  remedy,
  http: 422,
  retry,
  level: 'warn',
  endsRun: true,
})
export const broken = (http: number, words: string, remedy: string): FaultEntry => ({
  words,
  remedy,
  http,
  retry: true,
  level: 'error',
})
