import { randomUUID } from 'node:crypto'
import * as z from 'zod'
import type { Scenario, Step } from './scenario.ts'

const block = z.looseObject({
  type: z.string(),
  text: z.string().optional(),
  content: z.union([z.string(), z.array(z.looseObject({ type: z.string(), text: z.string().optional() }))]).optional(),
})
export const requestSchema = z.looseObject({
  model: z.string().default('claude-opus-5-5'),
  stream: z.boolean().optional(),
  messages: z.array(z.looseObject({ role: z.string(), content: z.union([z.string(), z.array(block)]) })).default([]),
  tools: z.array(z.looseObject({ name: z.string().optional() })).optional(),
})
export type ModelRequest = z.infer<typeof requestSchema>
type Message = ModelRequest['messages'][number]

export interface Choice {
  readonly scenario: string
  readonly index: number
  /** Requests without tools are titles and summaries: they use no step. */
  readonly isSide: boolean
  readonly step: Step
}

const MARKER = /\[\[stub:([a-z0-9-]+)\]\]/g

/**
 * Which step is played. The scenario: the last `[[stub:name]]` in a user's text (a later turn or a subagent's prompt
 * can name its own), else what the path named, else `text`. The step: how many answers came after that text, so
 * nothing is kept between requests, and retries and resumed sessions play right.
 */
export function chooseStep(
  request: ModelRequest,
  { scenarios, fromPath }: { scenarios: Readonly<Record<string, Scenario>>; fromPath: string | null },
): Choice {
  const { name, from } = findMarker(request.messages)
  const scenario = name ?? fromPath ?? 'text'
  const index = request.messages.slice(from + 1).filter(({ role }) => role === 'assistant').length
  const isSide = (request.tools ?? []).length === 0
  const script = Object.hasOwn(scenarios, scenario) ? scenarios[scenario] : undefined
  return { scenario, index, isSide, step: stepOf(script, { scenario, index, isSide }) }
}

function stepOf(script: Scenario | undefined, { scenario, index, isSide }: Omit<Choice, 'step'>): Step {
  if (script === undefined) return { text: `There is no scenario named "${scenario}".` }
  const { steps, isLoop = false } = script
  const step = isLoop ? steps[index % steps.length] : steps[index]
  // An error or a break is the connection's, whatever is asked over it.
  if (isSide && step?.error === undefined && step?.breaks === undefined)
    return step?.toolUse === undefined ? (step ?? {}) : { text: 'A side answer.' }
  return step ?? { text: 'The script is over.' }
}

function findMarker(messages: readonly Message[]): { readonly name: string | undefined; readonly from: number } {
  for (const [index, message] of [...messages.entries()].toReversed()) {
    const last = message.role === 'user' ? [...textOf(message).matchAll(MARKER)].at(-1) : undefined
    if (last !== undefined) return { name: last[1], from: index }
  }
  return { name: undefined, from: messages.findIndex(({ role }) => role === 'user') }
}

/** Puts what the conversation holds into a step's strings. */
export function fillStep(
  step: Step,
  { request, body, index }: { request: ModelRequest; body: string; index: number },
): Step {
  const values: Record<string, string> = {
    lastToolResult: lastToolResult(request.messages),
    // Claude Code names it in its prompt.
    cwd: /(?:Primary working directory|CWD): ([^\\"\n]+)/.exec(body)?.[1]?.trim() ?? '.',
    // In plan mode, where the plan goes.
    planFile: /create your plan at (\S+\.md)/.exec(body)?.[1] ?? './plan.md',
    uuid: randomUUID(),
    step: String(index),
  }
  return fill(step, values) as Step
}

function fill(value: unknown, values: Readonly<Record<string, string>>): unknown {
  if (typeof value === 'string') return value.replace(/\{\{(\w+)\}\}/g, (_, name: string) => values[name] ?? '')
  if (Array.isArray(value)) return value.map((one) => fill(one, values))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, fill(one, values)]))
}

function textOf({ content }: Message): string {
  return typeof content === 'string' ? content : content.map(({ text }) => text ?? '').join('\n')
}

function lastToolResult(messages: readonly Message[]): string {
  const blocks = messages.flatMap(({ content }) => (typeof content === 'string' ? [] : content))
  const content = blocks.findLast(({ type }) => type === 'tool_result')?.content
  if (content === undefined || typeof content === 'string') return content ?? ''
  return content.map(({ type, text }) => text ?? `<${type}>`).join('\n')
}
