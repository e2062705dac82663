import { randomBytes } from 'node:crypto'
import { createRequestStateCodec, type InputRequest, inputRequired } from '@modelcontextprotocol/server'

/** One key for all servers of a process: of 2026-07-28 each request meets another. */
export const state = createRequestStateCodec<{ readonly round: number }>({ key: randomBytes(32) })

export function sample(words: string): InputRequest {
  return inputRequired.createMessage({
    messages: [{ role: 'user', content: { type: 'text', text: words } }],
    maxTokens: 100,
  })
}

export function elicit(
  message: string,
  fields: readonly string[],
  type: 'string' | 'boolean' = 'string',
): InputRequest {
  const property = type === 'string' ? { type: 'string' as const } : { type: 'boolean' as const }
  const properties = Object.fromEntries(fields.map((field) => [field, property]))
  return inputRequired.elicit({ message, requestedSchema: { type: 'object', properties, required: [...fields] } })
}
