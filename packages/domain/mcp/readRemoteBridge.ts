import { pastedValues } from './pastedValue.ts'
import { note, type ServerDraft } from './serverDraft.ts'
import type { CommandContext } from './readCommand.ts'
import { readUrl } from './readUrl.ts'

const BRIDGES = ['mcp-remote', 'mcp-proxy']

/**
 * A program that only makes a remote server look like a local one: the gateway speaks to the server itself, so what is
 * added is the address behind it. Null when the package is no such program.
 */
export function readRemoteBridge(
  packageName: string,
  args: readonly string[],
  context: CommandContext,
): ServerDraft | null {
  const address = args.find((word) => /^https?:\/\//i.test(word))
  if (!BRIDGES.includes(packageName) || address === undefined) return null
  const isSse = /(^|=)sse(-only)?$/.test(args[args.indexOf('--transport') + 1] ?? '')
  const draft = readUrl(address, { name: context.name, ...(isSse ? { transport: 'sse' as const } : {}) })
  if (draft === null || draft.spec.type !== 'remote') return null
  const { templates, inputs } = pastedValues(filledFrom(headersOf(args), context.env ?? {}), context.hints)
  return {
    ...draft,
    spec: { ...draft.spec, headers: { ...draft.spec.headers, ...templates } },
    inputs: [...draft.inputs, ...inputs],
    notes: [...draft.notes, note(`\`${packageName}\` is not needed: the gateway speaks to the server itself.`)],
  }
}

/** `--header 'Name: value'`, once for each. */
export function headersOf(args: readonly string[], flags: readonly string[] = ['--header']): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const [index, word] of args.entries()) {
    if (!flags.includes(word)) continue
    const [, name, value = ''] = /^([^:=]+)[:=]\s*(.*)$/s.exec(args[index + 1] ?? '') ?? []
    if (name !== undefined) headers[name.trim()] = value
  }
  return headers
}

/** A header that refers to a variable of the same block has its value, so that a pasted token is asked for once. */
function filledFrom(headers: Readonly<Record<string, string>>, env: Readonly<Record<string, string>>) {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      value.replaceAll(/\$\{([A-Za-z_]\w*)\}/g, (whole, id: string) => env[id] ?? whole),
    ]),
  )
}
