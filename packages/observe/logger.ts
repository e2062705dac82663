import { pino } from 'pino'
import { prettyLines } from './prettyLines.ts'

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]
export type Fields = Readonly<Record<string, unknown>>

/** `info` = state changed, `warn` = we coped, `error` = someone must look. `words` is for people, fields are for search. */
export interface Logger {
  debug(fields: Fields, words: string): void
  info(fields: Fields, words: string): void
  warn(fields: Fields, words: string): void
  error(fields: Fields, words: string): void
  /** Whether anybody reads it: what is dear to put into words may be left. */
  isLevelEnabled(level: LogLevel): boolean
  /** The same log with these fields on every line. */
  child(fields: Fields): Logger
}

export interface LoggerOptions {
  /** Which process or part speaks: `api`, `gateway`. */
  readonly name: string
  readonly level: LogLevel
  /** Where lines go: JSON, one object a line. */
  readonly stream: NodeJS.WritableStream
  /** One short line for a person at a terminal instead of JSON. */
  readonly isPretty?: boolean
}

/**
 * Names under which a credential could travel in a logged object, at the top and one level down. The rule is to log
 * none of these objects; this is the net below it.
 */
const SECRET_NAMES = ['authorization', 'x-api-key', 'cookie', 'password', 'secret', 'token', 'apiKey', 'privateKey']
const redact = {
  paths: SECRET_NAMES.flatMap((name) => [`["${name}"]`, `*["${name}"]`, `*.headers["${name}"]`]),
  censor: '[secret]',
}

export function createLogger({ name, level, stream, isPretty = false }: LoggerOptions): Logger {
  const options = {
    name,
    level,
    redact,
    base: {},
    serializers: { error: describeError },
    formatters: { level: (label: string) => ({ level: label }) },
    timestamp: pino.stdTimeFunctions.isoTime,
  }
  return pino(options, isPretty ? prettyLines(stream) : stream)
}

/** An error as fields; `cause` is followed, as that is where the reason of a `Fault` lies. */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const { name, message, stack, cause } = error
  const code: unknown = Reflect.get(error, 'code')
  return {
    name,
    message,
    ...(code === undefined ? {} : { code }),
    stack,
    ...(cause === undefined ? {} : { cause: describeError(cause) }),
  }
}
