/**
 * Why a request to the Kubernetes API came to nothing. `status` is that of HTTP, 0 when there was no answer; `reason`
 * the API's own word (`NotFound`, `AlreadyExists`, `Forbidden`, …), `Unreachable` when there was no answer.
 */
export class KubeError extends Error {
  readonly status: number
  readonly reason: string
  /** How long the API wants to be left alone. 0: it does not say. */
  readonly retryAfterMs: number

  constructor(what: string, { status, reason, message, retryAfterMs = 0, cause }: KubeErrorParts) {
    super(`${what}: ${message}`, { cause })
    this.name = 'KubeError'
    this.status = status
    this.reason = reason
    this.retryAfterMs = retryAfterMs
  }
}

interface KubeErrorParts {
  readonly status: number
  readonly reason: string
  /** The API's own words. */
  readonly message: string
  readonly retryAfterMs?: number
  readonly cause?: unknown
}
