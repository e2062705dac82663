import * as z from 'zod'
import { parseJson } from '../parseJson.ts'

const block = z.looseObject({
  type: z.string(),
  text: z.string().optional(),
  content: z.union([z.string(), z.array(z.looseObject({ text: z.string().optional() }))]).optional(),
  is_error: z.boolean().nullish(),
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
  /** Where its plan goes when nothing may be done before a person approves one; null when work begins at once. */
  readonly planFile: string | null
  /** How many answers were given before this one. */
  readonly step: number
  /** What the tools printed, in order. */
  readonly toolResults: readonly string[]
  /** Which of them, from 0, were refused or came to nothing. */
  readonly failedTools: readonly number[]
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
  const results = blocks.filter(({ type }) => type === 'tool_result')
  const isPlanned = (tools ?? []).some(({ name }) => name === 'ExitPlanMode')
  return {
    isStreamed: stream ?? false,
    hasTools: (tools ?? []).length > 0,
    step: messages.slice(first + 1).filter(({ role }) => role === 'assistant').length,
    // Claude Code names it in its prompt.
    planFile: isPlanned ? (/create your plan at (\S+\.md)/.exec(body)?.[1] ?? null) : null,
    toolResults: results.map(({ content }) => textOf(content)),
    failedTools: results.flatMap((one, index) => (one.is_error === true ? [index] : [])),
    cwd: /(?:Primary working directory|CWD): ([^\\"\n]+)/.exec(body)?.[1]?.trim() ?? null,
  }
}

function textOf(content: z.infer<typeof block>['content']): string {
  if (content === undefined || typeof content === 'string') return content ?? ''
  return content.map(({ text }) => text ?? '').join('\n')
}
