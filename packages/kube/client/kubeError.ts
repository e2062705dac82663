/**
 * Why a request to the Kubernetes API came to nothing. `status` is that of HTTP, 0 when there was no answer; `reason`
 * the API's own word (`NotFound`, `AlreadyExists`, `Forbidden`, …), `Unreachable` when there was no answer.
 */
export class KubeError extends Error {
  readonly status: number
  readonly reason: string

  constructor(what: string, { status, reason, message, cause }: KubeErrorParts) {
    super(`${what}: ${message}`, { cause })
    this.name = 'KubeError'
    this.status = status
    this.reason = reason
  }

  get isUnreachable(): boolean {
    return this.status === 0
  }
}

interface KubeErrorParts {
  readonly status: number
  readonly reason: string
  /** The API's own words. */
  readonly message: string
  readonly cause?: unknown
}
