import { pastedValues, type InputHint } from './pastedValue.ts'
import { readCommand } from './readCommand.ts'
import { nameFrom, type ServerDraft } from './serverDraft.ts'
import { readUrl } from './readUrl.ts'
import { shellWords } from './shellWords.ts'

type Json = Readonly<Record<string, unknown>>

/** Where clients keep their servers: Claude and most others, VS Code, VS Code's settings, Zed. */
const LISTS = ['mcpServers', 'servers', 'context_servers', 'mcp_servers']

/** The servers of a client's configuration, under the names they have there. Empty when it holds none. */
export function readConfigJson(value: unknown): readonly ServerDraft[] {
  if (!isObject(value)) return []
  const inside = isObject(value['mcp']) ? value['mcp'] : value
  const hints = readHints(inside['inputs'] ?? value['inputs'])
  const list = LISTS.map((key) => inside[key]).find(isObject)
  if (list !== undefined) return readList(list, hints)
  const one = readServerJson(typeof value['name'] === 'string' ? nameFrom(value['name']) : undefined, value, hints)
  // `"github": { "command": … }`, copied without what stands around it.
  return one === null ? readList(inside, hints) : [one]
}

/** One server of such a configuration. */
export function readServerJson(
  name: string | undefined,
  value: unknown,
  hints?: ReadonlyMap<string, InputHint>,
): ServerDraft | null {
  if (!isObject(value)) return null
  const url = [value['url'], value['serverUrl'], value['httpUrl']].find((each) => typeof each === 'string')
  if (url !== undefined) {
    const said = text(value['type']) ?? text(value['transport'])
    const draft = readUrl(url, { name, transport: said === 'sse' ? 'sse' : undefined })
    if (draft === null || draft.spec.type !== 'remote') return draft
    const { templates, inputs } = pastedValues(strings(value['headers']), hints)
    const headers = { ...draft.spec.headers, ...templates }
    return { ...draft, spec: { ...draft.spec, headers }, inputs: [...draft.inputs, ...inputs] }
  }
  const command = isObject(value['command']) ? value['command'] : value
  const program = text(command['command']) ?? text(command['path'])
  if (program === undefined) return null
  const args = Array.isArray(command['args']) ? command['args'].filter((each) => typeof each === 'string') : []
  // Some write the whole line where the program belongs.
  const words = args.length === 0 ? (shellWords(program) ?? [program]) : [program, ...args]
  return readCommand(words, { name, env: strings(command['env']), hints })
}

function readList(list: Json, hints: ReadonlyMap<string, InputHint>): readonly ServerDraft[] {
  return Object.entries(list).flatMap(([name, value]) => readServerJson(nameFrom(name), value, hints) ?? [])
}

function readHints(value: unknown): ReadonlyMap<string, InputHint> {
  const hints = new Map<string, InputHint>()
  for (const each of Array.isArray(value) ? value.filter(isObject) : []) {
    const id = text(each['id'])
    if (id === undefined) continue
    const help = text(each['description'])
    const choices = Array.isArray(each['options']) ? each['options'].filter((one) => typeof one === 'string') : []
    const otherwise = text(each['default'])
    hints.set(id, {
      isSecret: each['password'] === true,
      ...(help === undefined ? {} : { help }),
      ...(choices.length === 0 ? {} : { choices }),
      ...(otherwise === undefined ? {} : { value: otherwise }),
    })
  }
  return hints
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

/** Numbers and switches count as the text that they are in an environment. */
function strings(value: unknown): Record<string, string> {
  if (!isObject(value)) return {}
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, each]) =>
      ['string', 'number', 'boolean'].includes(typeof each) ? [[name, String(each)]] : [],
    ),
  )
}
