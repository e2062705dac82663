import type { Writable } from 'node:stream'
import { type Paint, painter } from './format/paint.ts'

/** What a command says. Results go to standard output, everything about them to standard error. */
export interface Output {
  readonly paint: Paint
  readonly isTty: boolean
  /** Lines of the result. */
  print(...lines: readonly string[]): void
  /** Lines that no program wants to read: what is going on, what to do next. */
  say(...lines: readonly string[]): void
  /** One line that is rewritten in place on a terminal and does not exist elsewhere; null takes it away. */
  status(text: string | null): void
  readonly columns: number
}

type Stream = Writable & { readonly isTTY?: boolean; readonly columns?: number }

export function createOutput(streams: { stdout: Stream; stderr: Stream }, hasColor: boolean): Output {
  const isTty = streams.stdout.isTTY === true
  let shown = ''
  const clear = () => {
    if (shown !== '') streams.stdout.write('\r\u001b[K')
    shown = ''
  }
  const write = (stream: Stream, lines: readonly string[]) => {
    clear()
    if (lines.length > 0) stream.write(`${lines.join('\n')}\n`)
  }
  return {
    paint: painter(hasColor && isTty),
    isTty,
    print: (...lines) => write(streams.stdout, lines),
    say: (...lines) => write(streams.stderr, lines),
    status: (text) => {
      if (!isTty || text === shown) return
      clear()
      if (text === null) return
      streams.stdout.write(text)
      shown = text
    },
    columns: streams.stdout.columns ?? 100,
  }
}
