import type { McpServerSpec } from '@errand/contracts'
import type { ServerDraft } from '@errand/domain'
import { connect } from '../connection/errand.ts'
import type { Cli } from '../context.ts'
import { CliError, EXIT, type ExitCode } from '../exit.ts'
import { oneLine } from '../format/text.ts'
import { readAll } from '../secret.ts'
import { askForMissing, setValues } from './mcpInputs.ts'

interface Flags {
  readonly name: string | undefined
  readonly pick: string | undefined
  readonly set: readonly string[] | undefined
  readonly token: boolean
  readonly credential: string | undefined
  readonly private: boolean
  readonly json: boolean
}

const EXAMPLE = "errand mcp add https://mcp.example.org/mcp, or 'npx -y …', or - < servers.json"

/** Adds a server from whatever its README says, asks for what is missing, and tests it. */
export async function add(this: Cli, flags: Flags, given?: string): Promise<ExitCode> {
  const { api } = connect(this.config)
  const { paint } = this.out
  const isFromStdin = given === undefined || given === '-'
  if (isFromStdin && this.stdin.isTTY === true) throw new CliError(EXIT.usage, 'What is to be added?', EXAMPLE)
  const pasted = {
    text: isFromStdin ? await readAll(this.stdin) : given,
    isToken: flags.token,
    ...(flags.credential === undefined ? {} : { credential: flags.credential }),
  }
  const draft = chosen(await api.mcp.readPasted.mutate(pasted), flags.pick)
  if (!isFromStdin) refuseShownSecrets(draft)
  const name = flags.name ?? draft.name
  if ((await api.mcp.list.query()).some((one) => one.name === name))
    throw new CliError(EXIT.usage, `There is a server called ${name} already.`, 'Give it another: --name NAME')
  const values = await askForMissing(this, { draft, values: setValues(draft, flags.set ?? []), isFromStdin })
  const asked = { ...pasted, pick: draft.name, name, values, isPrivate: flags.private }
  const { spec, credentials } = await api.mcp.addPasted.mutate(asked)
  for (const { words } of draft.notes) this.out.say(`${paint.yellow('!')} ${oneLine(words)}`)
  this.out.say(`${name}: ${whatItIs(spec)}`)
  if (spec.type === 'hosted' && spec.package.sha256 !== undefined) this.out.say(`Pinned: sha256:${spec.package.sha256}`)
  const { ok, words, code = null } = await api.mcp.test.mutate({ name })
  if (flags.json)
    this.out.print(JSON.stringify({ type: 'mcp-added', server: name, credentials, test: { ok, words, code } }))
  else this.out.print(words)
  if (ok) this.out.say(`Added ${name}. Agents name it in \`mcp\`.`)
  else if (code === 'mcp.needs-sign-in') this.out.say(`It is added. Sign in: errand mcp login ${name}`)
  else this.out.say(`It is added, and does not work yet. Try again: errand mcp test ${name}`)
  return ok || code === 'mcp.needs-sign-in' ? EXIT.ok : EXIT.failed
}

function chosen(servers: readonly ServerDraft[], pick: string | undefined): ServerDraft {
  const found = pick === undefined ? servers : servers.filter((one) => one.name === pick)
  const [first, ...others] = found
  if (first !== undefined && others.length === 0) return first
  const names = servers.map((one) => `--pick ${one.name}`).join(', ')
  const words = first === undefined ? `No server in it is called ${pick ?? ''}.` : 'It holds several servers.'
  throw new CliError(EXIT.usage, words, names)
}

/** An argument is seen by every process of the machine, and stays in the shell's history. */
function refuseShownSecrets({ inputs }: ServerDraft): void {
  const shown = inputs.filter(({ isSecret, value = '' }) => isSecret && value !== '')
  if (shown.length === 0) return
  const labels = shown.map(({ label }) => label).join(', ')
  throw new CliError(
    EXIT.usage,
    `It holds a secret (${labels}), and what stands on a command line is seen by others.`,
    'Leave it out and be asked for it, or send it all to standard input: errand mcp add - < file',
  )
}

/** Exactly what will be called or started. */
function whatItIs(spec: McpServerSpec): string {
  if (spec.type === 'remote') return spec.credential === undefined ? spec.url : `${spec.url} with ${spec.credential}`
  const { registry, name, version } = spec.package
  const variables = Object.keys(spec.env)
  const reaches = spec.hosts.length === 0 ? 'reaches no host' : `reaches ${spec.hosts.join(', ')}`
  return [
    `${registry} ${name} ${version}`,
    ...(spec.args.length === 0 ? [] : [`with ${JSON.stringify(spec.args)}`]),
    ...(variables.length === 0 ? [] : [`and ${variables.join(', ')}`]),
    `(${reaches})`,
  ].join(' ')
}
