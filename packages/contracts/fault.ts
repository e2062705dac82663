import { type FaultCode, FAULTS } from './faults.ts'

/** What crosses a process boundary when something failed. `detail` is safe to show: it never holds a secret. */
export interface FaultWire {
  readonly code: FaultCode
  readonly words: string
  readonly remedy: string
  readonly detail?: string
}

/** Thrown at the edges. `cause` stays in the process; `detail` may be shown to the person. */
export class Fault extends Error {
  readonly code: FaultCode
  readonly detail: string | undefined

  constructor(code: FaultCode, detail?: string, options?: { cause?: unknown }) {
    super(detail === undefined ? FAULTS[code].words : `${FAULTS[code].words} ${detail}`, options)
    this.name = 'Fault'
    this.code = code
    this.detail = detail
  }

  toWire(): FaultWire {
    return faultWire(this.code, this.detail)
  }
}

export function faultWire(code: FaultCode, detail?: string): FaultWire {
  const { words, remedy } = FAULTS[code]
  return detail === undefined ? { code, words, remedy } : { code, words, remedy, detail }
}

/** Any thrown value as a fault: a `Fault` as it is, anything else as `internal.error` whose text stays inside. */
export function toFault(error: unknown): Fault {
  return error instanceof Fault ? error : new Fault('internal.error', undefined, { cause: error })
}
