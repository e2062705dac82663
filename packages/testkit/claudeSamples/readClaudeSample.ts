import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

/** The lines that the real Claude Code (2.1.328) printed in one recorded run, as they came. `name` is without `.jsonl`. */
export async function readClaudeSample(name: string): Promise<readonly string[]> {
  const file = fileURLToPath(new URL(`${name}.jsonl`, import.meta.url))
  return (await readFile(file, 'utf8')).split('\n').filter((line) => line !== '')
}

interface StreamEvent {
  readonly type: string
  readonly event?: { readonly type: string }
}

/** The model's answers of a sample recorded with partial messages, each as the server-sent events that it was made of. */
export async function readSampleAnswers(name: string): Promise<readonly string[]> {
  const answers: string[] = []
  for (const line of await readClaudeSample(name)) {
    const { type, event } = JSON.parse(line) as StreamEvent
    if (type !== 'stream_event' || event === undefined) continue
    if (event.type === 'message_start') answers.push('')
    answers.push(`${answers.pop() ?? ''}event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
  }
  return answers
}
