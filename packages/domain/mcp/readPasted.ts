import { registryServerSchema } from '@errand/contracts'
import { looseJson } from './looseJson.ts'
import { readCommand } from './readCommand.ts'
import { readConfigJson } from './readConfigJson.ts'
import { readMcpAdd } from './readMcpAdd.ts'
import { waysOf } from './registryWays.ts'
import { readUrl } from './readUrl.ts'
import type { ServerDraft } from './serverDraft.ts'
import { shellWords } from './shellWords.ts'

export type Pasted =
  | { readonly kind: 'servers'; readonly servers: readonly ServerDraft[] }
  | { readonly kind: 'unreadable'; readonly words: string }

/** Far more than any README has. */
const MAX_CHARS = 100_000

/**
 * What a person pastes to add a server: its address; the JSON that every README gives; a `claude mcp add …` line; the
 * command itself. Nothing is run and nothing is asked of the network.
 */
export function readPasted(text: string): Pasted {
  const pasted = text.trim()
  if (pasted === '') return unreadable('Paste an address, the JSON of a README, or the command that starts the server.')
  if (pasted.length > MAX_CHARS) return unreadable('That is too long to be the configuration of a server.')

  const address = readUrl(pasted)
  if (address !== null) return servers([address])

  const json = looseJson(pasted)
  if (json !== undefined) {
    const entry = registryServerSchema.safeParse(json)
    const found = entry.success && isRegistryEntry(json) ? waysOf(entry.data) : readConfigJson(json)
    return found.length > 0
      ? servers(found)
      : unreadable('This is JSON, but no server is in it: one has a `url`, or a `command` with `args`.')
  }
  if (/^[{["]/.test(pasted))
    return unreadable('This looks like JSON that was cut off. Copy the block with all its braces.')

  const words = shellWords(pasted)
  if (words === null) return unreadable('A quotation mark is opened and never closed.')
  const command = readMcpAdd(words) ?? readCommand(words)
  if (command !== null) return servers([command])
  return unreadable(
    'Not understood. Give an address (`https://…`), JSON with `mcpServers`, or a line that begins with `claude mcp add`, ' +
      '`npx`, `uvx` or `docker run`.',
  )
}

function isRegistryEntry(json: unknown): boolean {
  return typeof json === 'object' && json !== null && ('packages' in json || 'remotes' in json)
}

const servers = (found: readonly ServerDraft[]): Pasted => ({ kind: 'servers', servers: found })
const unreadable = (words: string): Pasted => ({ kind: 'unreadable', words })
