import * as z from 'zod'
import { parseJson } from '../parseJson.ts'

const block = z.looseObject({
  type: z.string(),
  text: z.string().optional(),
  content: z.union([z.string(), z.array(z.looseObject({ text: z.string().optional() }))]).optional(),
})
const requestSchema = z.looseObject({
  stream: z.boolean().optional(),
  messages: z.array(z.looseObject({ role: z.string(), content: z.union([z.string(), z.array(block)]) })).default([]),
  tools: z.array(z.looseObject({ name: z.string().optional() })).optional(),
})

/** What a script needs to know of a request to the Messages API. */
export interface Conversation {
  readonly isStreamed: boolean
  readonly hasTools: boolean
  /** How many answers were given before this one. */
  readonly step: number
  /** What the tools printed, in order. */
  readonly toolResults: readonly string[]
  /** The folder that Claude Code says it works in; null when it does not say. */
  readonly cwd: string | null
}

/** Reads a request's body. Null when it is none. */
export function readConversation(body: string): Conversation | null {
  const parsed = requestSchema.safeParse(parseJson(body))
  if (!parsed.success) return null
  const { stream, messages, tools } = parsed.data
  const first = messages.findIndex(({ role }) => role === 'user')
  const blocks = messages.flatMap(({ content }) =>
    typeof content === 'string' ? [{ type: 'text', text: content }] : content,
  )
  return {
    isStreamed: stream ?? false,
    hasTools: (tools ?? []).length > 0,
    step: messages.slice(first + 1).filter(({ role }) => role === 'assistant').length,
    toolResults: blocks.filter(({ type }) => type === 'tool_result').map(({ content }) => textOf(content)),
    cwd: /(?:Primary working directory|CWD): ([^\\"\n]+)/.exec(body)?.[1]?.trim() ?? null,
  }
}

function textOf(content: z.infer<typeof block>['content']): string {
  if (content === undefined || typeof content === 'string') return content ?? ''
  return content.map(({ text }) => text ?? '').join('\n')
}
