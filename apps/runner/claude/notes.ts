import { type Json, numberOf, objectOf, textOf } from './json.ts'

interface Note {
  readonly level: 'info' | 'warn'
  readonly words: string
}

/** What the CLI says about itself that a person wants to know. Null for everything else. */
export function noteOf(line: Json): Note | null {
  if (line['type'] === 'rate_limit_event') return rateLimitNote(objectOf(line['rate_limit_info']))
  const content = textOf(line['content']) ?? ''
  switch (line['subtype']) {
    case 'model_fallback':
      return { level: 'warn', words: content || 'Another model took over.' }
    case 'informational':
      return content === '' ? null : { level: 'info', words: content }
    case 'compact_boundary':
      return { level: 'info', words: 'The conversation became long and was summarised.' }
    case 'permission_denied':
      return { level: 'warn', words: `The tool ${textOf(line['tool_name']) ?? ''} was denied.` }
    default:
      return null
  }
}

function rateLimitNote(info: Json): Note | null {
  const status = textOf(info['status'])
  if (status === undefined || status === 'allowed') return null
  const used = numberOf(info['utilization'])
  const percent = used === undefined ? '' : ` (${Math.round(used * 100)} % used)`
  return {
    level: 'warn',
    words: `The model provider's rate limit is ${status === 'rejected' ? 'reached' : 'near'}${percent}.`,
  }
}
