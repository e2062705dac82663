import type { FaultWire } from '@errand/contracts'
import { CliError, EXIT, type ExitCode } from '../exit.ts'
import type { Paint } from '../format/paint.ts'

export interface Explained {
  readonly lines: readonly string[]
  readonly exit: ExitCode
}

/** Anything a command throws, as words with a remedy, and the exit code that goes with it. */
export function explain(error: unknown, paint: Paint): Explained {
  const own = cliErrorOf(error)
  if (own !== null) return said(own.message, own.remedy, own.exit, paint)
  const fault = faultOf(error)
  if (fault !== null) {
    const words = fault.wire.detail === undefined ? fault.wire.words : `${fault.wire.words} ${fault.wire.detail}`
    return said(words, fault.wire.remedy, exitOf(fault), paint)
  }
  if (isUnreachable(error))
    return said(
      'Errand does not answer.',
      'Start it with `npm start`, or name another with ERRAND_URL.',
      EXIT.unreachable,
      paint,
    )
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined
  const path: unknown = error instanceof Error ? Reflect.get(error, 'path') : undefined
  if (code === 'ENOENT' && typeof path === 'string') return said(`There is no file ${path}.`, null, EXIT.usage, paint)
  if (code === 'EACCES' && typeof path === 'string') return said(`${path} may not be opened.`, null, EXIT.usage, paint)
  return said(
    `Something went wrong: ${error instanceof Error ? error.message : String(error)}`,
    null,
    EXIT.failed,
    paint,
  )
}

/** The RPC client wraps what was thrown below it. */
function cliErrorOf(error: unknown): CliError | null {
  for (let one: unknown = error; one instanceof Error; one = one.cause) if (one instanceof CliError) return one
  return null
}

export interface WireFault {
  readonly wire: FaultWire
  readonly status: number
}

/** The fault an answer of the server carries; null for anything else. */
export function faultOf(error: unknown): WireFault | null {
  if (typeof error !== 'object' || error === null) return null
  const data: unknown = Reflect.get(error, 'data')
  if (typeof data !== 'object' || data === null) return null
  const wire: unknown = Reflect.get(data, 'fault')
  const status: unknown = Reflect.get(data, 'httpStatus')
  if (typeof wire !== 'object' || wire === null || typeof status !== 'number') return null
  return { wire: wire as FaultWire, status }
}

/** True when no answer came: nothing listens there, or the connection broke. */
export function isUnreachable(error: unknown): boolean {
  if (cliErrorOf(error)?.exit === EXIT.unreachable) return true
  for (let one: unknown = error; one instanceof Error; one = one.cause) {
    const code: unknown = Reflect.get(one, 'code')
    if (typeof code === 'string' && UNREACHABLE.has(code)) return true
    if (one instanceof TypeError && one.message === 'fetch failed') return true
  }
  return false
}

const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EPIPE',
  'UND_ERR_SOCKET',
])

function exitOf({ wire, status }: WireFault): ExitCode {
  if (wire.code.startsWith('auth.') || wire.code.startsWith('service.')) return EXIT.unreachable
  return status >= 400 && status < 500 ? EXIT.usage : EXIT.failed
}

function said(words: string, remedy: string | null, exit: ExitCode, paint: Paint): Explained {
  const first = `${paint.red('✗')} ${words}`
  return { lines: remedy === null ? [first] : [first, `${paint.dim('→')} ${remedy}`], exit }
}
