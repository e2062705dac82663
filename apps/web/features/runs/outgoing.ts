/** A task that was sent off and has no run yet. */
export interface Outgoing {
  /** Its idempotency key: sent again it is the same run. */
  readonly key: string
  readonly prompt: string
  readonly repositories: readonly string[]
  readonly attempts: number
}
