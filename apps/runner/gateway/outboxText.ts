import type { RunnerEvent } from '@errand/contracts'
import type { Entry } from './outbox.ts'

/**
 * One event as JSON that a database takes: Postgres stores neither NUL nor half a surrogate pair, and both come
 * out of programs (`find -print0`, a text cut in the middle of an emoji).
 */
export function eventJson(at: string, body: RunnerEvent): string {
  return JSON.stringify({ at, body }, (_key, value: unknown) =>
    typeof value === 'string' ? value.replaceAll('\0', '\u2400').toWellFormed() : value,
  )
}

/** Makes room in events that were never sent: running text goes, and one note says how much. The rest keeps its order. */
export function shed(entries: readonly Entry[], at: string): Entry[] {
  const kept: Entry[] = []
  let dropped = 0
  for (const entry of entries) {
    const { body } = entry
    if (body.type === 'text.appended' || body.type === 'thought.appended' || body.type === 'output.appended') {
      dropped += body.text.length
    } else if (body.type === 'tool.finished' && body.output !== undefined) {
      dropped += body.output.length
      const { output: _, ...rest } = body
      kept.push({ at: entry.at, body: rest, json: eventJson(entry.at, rest) })
    } else {
      kept.push(entry)
    }
  }
  if (dropped === 0) return kept
  const note: RunnerEvent = {
    type: 'note.raised',
    level: 'warn',
    words: `The gateway was away for long: ${dropped} characters of running text were left out here. The log artifact has them.`,
  }
  return [...kept, { at, body: note, json: eventJson(at, note) }]
}
