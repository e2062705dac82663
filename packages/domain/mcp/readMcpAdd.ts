import { looseJson } from './looseJson.ts'
import { pastedValues } from './pastedValue.ts'
import { readCommand } from './readCommand.ts'
import { readServerJson } from './readConfigJson.ts'
import { nameFrom, type ServerDraft } from './serverDraft.ts'
import { readUrl } from './readUrl.ts'

interface Flags {
  readonly words: readonly string[]
  readonly url: string | undefined
  readonly transport: string | undefined
  readonly clientId: string | undefined
  readonly env: Readonly<Record<string, string>>
  readonly headers: Readonly<Record<string, string>>
}

/** `claude mcp add …` and `claude mcp add-json …`, and the same of the clients that took them over. */
export function readMcpAdd(words: readonly string[]): ServerDraft | null {
  if (!/^(claude|codex|gemini)$/.test(words[0] ?? '') || words[1] !== 'mcp') return null
  if (words[2] === 'add-json') {
    const [name = '', json = ''] = readFlags(words.slice(3)).words
    return readServerJson(nameFrom(name), looseJson(json))
  }
  if (words[2] !== 'add') return null
  const flags = readFlags(words.slice(3))
  const [first = '', ...rest] = flags.words
  const name = nameFrom(first)
  const address = flags.url ?? (/^https?:\/\//i.test(rest[0] ?? '') ? rest[0] : undefined)
  if (address === undefined) return readCommand(rest, { name, env: flags.env })

  const transport = flags.transport === 'sse' ? ('sse' as const) : undefined
  const draft = readUrl(address, { name, transport })
  if (draft === null || draft.spec.type !== 'remote') return null
  const { templates, inputs } = pastedValues(flags.headers)
  return {
    ...draft,
    spec: {
      ...draft.spec,
      headers: { ...draft.spec.headers, ...templates },
      ...(flags.clientId === undefined ? {} : { oauth: { clientId: flags.clientId } }),
    },
    inputs: [...draft.inputs, ...inputs],
  }
}

const WITH_A_WORD = /^(-s|--scope|-t|--transport|-e|--env|-H|--header|--url|--client-id|--callback-port)$/

const isCommand = ([, second]: readonly string[]): boolean => second !== undefined && !/^https?:/i.test(second)

/** Flags stand before, between and after the words; what follows `--` is the server's own. */
function readFlags(given: readonly string[]): Flags {
  const words: string[] = []
  const env: Record<string, string> = {}
  const headers: Record<string, string> = {}
  const one = new Map<string, string>()
  for (let at = 0; at < given.length; at += 1) {
    const word = given[at] ?? ''
    if (word === '--') {
      words.push(...given.slice(at + 1))
      break
    }
    // The first word of a command without `--` ends the flags: `claude mcp add name npx -y package`.
    if (!word.startsWith('-') || isCommand(words)) {
      words.push(word)
      continue
    }
    const [flag = '', joined] = word.split(/=(.*)/s)
    if (!WITH_A_WORD.test(flag)) continue
    const value = joined ?? given[(at += 1)] ?? ''
    if (flag === '-e' || flag === '--env') {
      const [name = '', rest = ''] = value.split(/=(.*)/s)
      env[name] = rest
    } else if (flag === '-H' || flag === '--header') {
      const [, name, rest = ''] = /^([^:]+):\s*(.*)$/s.exec(value) ?? []
      if (name !== undefined) headers[name.trim()] = rest
    } else {
      one.set(flag, value)
    }
  }
  const transport = one.get('--transport') ?? one.get('-t')
  return { words, env, headers, transport, url: one.get('--url'), clientId: one.get('--client-id') }
}
