import type { FaultWire } from '@errand/contracts'

interface Told {
  readonly httpStatus?: number
  readonly fault?: FaultWire
}

/** A call that came to nothing: with what the server said about it, or without, where nobody answered. */
export class CallError extends Error {
  override readonly name = 'CallError'
  readonly data: Told | undefined

  constructor(message: string, { data, cause }: { data?: Told | undefined; cause?: unknown } = {}) {
    super(message, { cause })
    this.data = data
  }
}

/** An answer on the wire. One that is none of ours tells nothing. */
export interface Answer {
  readonly result?: { readonly data?: unknown }
  readonly error?: { readonly message: string; readonly data?: Told }
}

export function errorOf({ error }: Answer): CallError {
  return new CallError(error?.message ?? 'The answer is none of Errand', { data: error?.data })
}
