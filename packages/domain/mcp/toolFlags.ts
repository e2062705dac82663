import type { McpTool, ToolFlag } from '@errand/contracts'

/** Seen by a model, not by a person: tags, marks of direction, zero width, and what stands for nothing. */
const HIDDEN = /(?![\t\n\r\u200D])[\p{Cc}\p{Cf}]|[\u{E0100}-\u{E01EF}]/u

/** Words that a description of a tool has no need of, and an attack has. */
const INSTRUCTIONS: readonly (readonly [RegExp, string])[] = [
  [/<\s*(important|system|instructions?|secret)\s*>/i, 'It has a mark-up of the kind that is meant for the model.'],
  [
    /\b(ignore|disregard|forget|override)\b.{0,40}\b(previous|prior|above|earlier|all|other|system)\b.{0,30}\b(instruction|prompt|rule|message|tool)s?/is,
    'It tells the model to set other instructions aside.',
  ],
  [
    /\b(do not|don'?t|never|without)\b.{0,30}\b(tell|mention|inform|show|reveal|notify|telling|mentioning|informing|notifying)\b.{0,30}\b(the )?(user|person|human|anyone|them)/is,
    'It tells the model to keep something from people.',
  ],
  [
    /\b(before|whenever|instead of|prior to)\b.{0,30}\b(using|calling|invoking|use|call)\b.{0,30}\b(any|other|another|this|these)\b.{0,20}\btools?\b.{0,80}\b(must|always|first|read|send|call)\b/is,
    'It tells the model how to use other tools.',
  ],
  [
    /(~\/\.ssh|id_rsa|id_ed25519|\.aws\/credentials|\.env\b|\/etc\/passwd|mcp\.json)/i,
    'It names a file where secrets usually lie.',
  ],
]

const MAX_DEPTH = 12
const MAX_FLAGS = 20

/** What a person should look at twice before they accept a tool. */
export function toolFlags(tool: McpTool): readonly ToolFlag[] {
  const found: ToolFlag[] = []
  for (const [place, text] of texts({
    title: tool.title,
    description: tool.description,
    inputSchema: tool.inputSchema,
    annotations: tool.annotations,
    name: tool.name,
  })) {
    const hidden = HIDDEN.exec(text)
    if (hidden !== null) {
      const code = (hidden[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
      found.push({ kind: 'hidden-characters', place, words: `It has characters that nobody sees: U+${code}.` })
    }
    for (const [pattern, words] of INSTRUCTIONS)
      if (pattern.test(text)) found.push({ kind: 'instruction', place, words })
  }
  return found.slice(0, MAX_FLAGS)
}

/** Every text in it, with where it stands. */
function* texts(value: unknown, place: readonly string[] = []): Generator<readonly [string, string]> {
  if (typeof value === 'string') yield [place.join('.'), value]
  if (value === null || typeof value !== 'object' || place.length > MAX_DEPTH) return
  for (const [name, part] of Object.entries(value)) {
    yield* texts(part, [...place, name])
    // A name is read by the model as well.
    if (HIDDEN.test(name)) yield [[...place, name].join('.'), name]
  }
}
