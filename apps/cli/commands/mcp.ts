import { connect } from '../connection/errand.ts'
import type { Cli } from '../context.ts'
import { CliError, EXIT, type ExitCode } from '../exit.ts'
import { table } from '../format/table.ts'
import { minute } from '../format/text.ts'

interface Flags {
  readonly json: boolean
}

export async function list(this: Cli, { json }: Flags): Promise<ExitCode> {
  const { api } = connect(this.config)
  const servers = await api.mcp.list.query()
  if (json) {
    for (const { name, version, spec, lastTest, agents, tools, heldTools } of servers)
      this.out.print(
        JSON.stringify({
          type: 'mcp-server',
          name,
          version,
          kind: spec.type,
          tools,
          heldTools,
          agents,
          test: lastTest === null ? null : { at: lastTest.at, ok: lastTest.ok, words: lastTest.words },
        }),
      )
    return EXIT.ok
  }
  if (servers.length === 0) {
    this.out.say('No MCP server is set up yet: docs/mcp.md shows how, and the page “MCP servers” does it by hand.')
    return EXIT.ok
  }
  const rows = servers.map(({ name, spec, lastTest, agents, tools, heldTools }) => [
    name,
    spec.type === 'remote' ? spec.url : `${spec.package.registry} ${spec.package.name} ${spec.package.version}`,
    heldTools === 0 ? String(tools) : `${tools}, ${heldTools} held back`,
    lastTest === null ? 'not tested' : `${lastTest.ok ? 'works' : 'failed'} ${minute(lastTest.at)}`,
    agents.join(', '),
  ])
  this.out.print(...table(['NAME', 'SERVER', 'TOOLS', 'TEST (UTC)', 'AGENTS'], rows, this.out.paint))
  return EXIT.ok
}

/** A real handshake. One that Errand hosts is installed and started for it. */
export async function test(this: Cli, { json }: Flags, name: string): Promise<ExitCode> {
  const { api } = connect(this.config)
  const { ok, words, ms, code = null } = await api.mcp.test.mutate({ name })
  if (json) this.out.print(JSON.stringify({ type: 'mcp-test', server: name, ok, words, code, ms }))
  else this.out.print(words)
  return ok ? EXIT.ok : EXIT.failed
}

/** Calls a tool by hand, with its arguments as JSON. What it brings is printed as it came. */
export async function call(
  this: Cli,
  { json }: Flags,
  ...[server, tool, given = '{}']: readonly [server: string, tool: string, given?: string]
): Promise<ExitCode> {
  const { api } = connect(this.config)
  const asked = { server, tool, arguments: argumentsOf(given) }
  const { isError, result, ms } = await api.mcp.callTool.mutate(asked)
  if (json) this.out.print(JSON.stringify({ type: 'mcp-call', server, tool, isError, ms, result }))
  else this.out.print(textOf(result) ?? JSON.stringify(result, null, 2))
  return isError ? EXIT.failed : EXIT.ok
}

function argumentsOf(text: string): Record<string, unknown> {
  const remedy = `Write them as JSON: '{"message": "hello"}'.`
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  } catch (cause) {
    throw new CliError(EXIT.usage, `The arguments are no JSON: ${(cause as Error).message}.`, remedy)
  }
  throw new CliError(EXIT.usage, 'The arguments are not a JSON object.', remedy)
}

/** The words of a result that has nothing but words; null for any other. */
function textOf(result: unknown): string | null {
  const content: unknown = Reflect.get(Object(result), 'content')
  if (!Array.isArray(content) || content.length === 0) return null
  const texts = content.map((part: unknown) => {
    const text: unknown = Reflect.get(Object(part), 'text')
    return typeof text === 'string' ? text : null
  })
  return texts.includes(null) ? null : texts.join('\n')
}
