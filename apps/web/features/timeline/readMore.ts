import type { RunEvent } from '@errand/contracts'
import type { Row } from './row.ts'

type ReadEvents = (after: number, limit: number) => Promise<readonly RunEvent[]>

const PAGE = 1_000
/** Of a row's words; the log artifact has what is beyond. */
const MAX_CHARS = 400_000

/** What a row's events say in full. */
export async function readMore(row: Row, read: ReadEvents): Promise<{ input: string; output: string }> {
  if (row.kind === 'said' || row.kind === 'thought') return { input: row.input, output: await readWords(row, read) }
  let { input, output } = row
  for (const seq of row.more) {
    const [event] = await read(seq - 1, 1)
    const body = event?.body
    if (body?.type === 'tool.started') input = body.input ?? input
    if (body?.type === 'tool.finished') output = body.output ?? output
    if (body?.type === 'question.asked') input = body.input
  }
  return { input, output }
}

/** The pieces between the first and the last, of the same voice. */
async function readWords({ kind, more, output }: Row, read: ReadEvents): Promise<string> {
  const [first, last] = more
  if (first === undefined || last === undefined) return output
  const type = kind === 'said' ? 'text.appended' : 'thought.appended'
  let text = ''
  let parent: string | undefined
  for (let after = first - 1; after < last && text.length < MAX_CHARS;) {
    const page = await read(after, Math.min(PAGE, last - after))
    for (const { seq, body } of page) {
      if (body.type !== type) continue
      if (seq === first) parent = body.parentId
      if (body.parentId === parent) text += body.text
    }
    const end = page.at(-1)
    if (end === undefined) break
    after = end.seq
  }
  return text
}
