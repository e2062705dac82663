import { Writable } from 'node:stream'

const COLOURS: Readonly<Record<string, string>> = { debug: '\x1b[2m', warn: '\x1b[33m', error: '\x1b[31m' }
const RESET = '\x1b[0m'
const NOT_SHOWN = new Set(['level', 'time', 'name', 'msg', 'error'])

/** Turns the log's JSON lines into one line each for a person at a terminal: time, level, who, words, fields. */
export function prettyLines(out: NodeJS.WritableStream): Writable {
  return new Writable({
    decodeStrings: false,
    write(chunk: string | Buffer, _encoding, done) {
      const lines = chunk.toString().split('\n').filter(Boolean).map(prettyLine)
      out.write(lines.join(''), () => done())
    },
  })
}

export function prettyLine(json: string): string {
  const entry = JSON.parse(json) as Record<string, unknown>
  const level = text(entry['level'])
  const colour = COLOURS[level] ?? ''
  const time = text(entry['time']).slice(11, 19)
  const fields = Object.entries(entry)
    .filter(([name]) => !NOT_SHOWN.has(name))
    .map(([name, value]) => `${name}=${text(value)}`)
  const words = [time, level.padEnd(5), text(entry['name']), text(entry['msg']), ...fields].filter(Boolean).join(' ')
  return `${colour}${words}${colour === '' ? '' : RESET}\n${errorLines(entry['error'])}`
}

function errorLines(error: unknown): string {
  if (typeof error !== 'object' || error === null) return ''
  const { stack, message, cause } = error as Record<string, unknown>
  const own = text(stack ?? message).replaceAll(/^/gm, '    ')
  const below = errorLines(cause)
  return `${own}\n${below === '' ? '' : `    caused by\n${below}`}`
}

function text(value: unknown): string {
  if (typeof value === 'string') return value
  return value === undefined ? '' : JSON.stringify(value)
}
