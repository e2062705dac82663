import type { CredentialKind, CredentialSpec } from '@errand/contracts'
import { connect } from '../connection/errand.ts'
import type { Cli } from '../context.ts'
import { CliError, EXIT, type ExitCode } from '../exit.ts'
import { table } from '../format/table.ts'
import { duration, minute, plain } from '../format/text.ts'
import { readSecret } from '../secret.ts'

export async function listAgents(this: Cli): Promise<ExitCode> {
  const agents = await connect(this.config).api.agents.list.query()
  const rows = agents.map(({ name, version, spec, updatedAt }) => [
    name,
    `v${version}`,
    spec.runtime,
    spec.runtime === 'claude-code' ? spec.credential : '',
    spec.network,
    minute(updatedAt),
    spec.description ?? '',
  ])
  this.out.print(
    ...table(['AGENT', 'VERSION', 'RUNTIME', 'CREDENTIAL', 'NETWORK', 'CHANGED (UTC)', ''], rows, this.out.paint),
  )
  return EXIT.ok
}

/** The agent as YAML, as it would be exported. */
export async function showAgent(this: Cli, _flags: object, name: string): Promise<ExitCode> {
  const { source } = await connect(this.config).api.agents.get.query({ name })
  this.process.stdout.write(source)
  return EXIT.ok
}

export async function listCredentials(this: Cli): Promise<ExitCode> {
  const credentials = await connect(this.config).api.credentials.list.query()
  const rows = credentials.map(({ name, spec, hasSecret, updatedAt }) => [
    name,
    spec.type,
    whereOf(spec),
    hasSecret ? 'set' : 'missing',
    minute(updatedAt),
  ])
  if (rows.length === 0) this.out.say('There is none yet: errand credentials add NAME --type anthropic-key')
  else this.out.print(...table(['CREDENTIAL', 'KIND', 'FOR', 'VALUE', 'CHANGED (UTC)'], rows, this.out.paint))
  return EXIT.ok
}

function whereOf(spec: CredentialSpec): string {
  if (spec.type === 'git') return spec.host
  if (spec.type === 'llm-compatible') return spec.baseUrl
  if (spec.type === 'oauth') return `the MCP server ${spec.server}`
  return spec.type.startsWith('anthropic-') ? 'the Anthropic API' : 'MCP servers'
}

export interface CredentialFlags {
  readonly type: CredentialKind
  readonly baseUrl: string | undefined
  readonly auth: 'x-api-key' | 'bearer' | 'none' | undefined
  readonly host: string | undefined
  readonly username: string | undefined
  readonly header: string | undefined
  readonly server: string | undefined
  readonly appId: string | undefined
  readonly installationId: string | undefined
  readonly forge: 'github' | 'gitlab' | 'gitea' | 'none' | undefined
  readonly private: boolean
}

export async function addCredential(this: Cli, flags: CredentialFlags, name: string): Promise<ExitCode> {
  const spec = toSpec(flags)
  // What a sign-in brings is the value of an OAuth credential; a secret of the client comes by `apply` or the page.
  const hasNone = spec.type === 'oauth' || (spec.type === 'llm-compatible' && spec.auth === 'none')
  const secret = hasNone ? undefined : await readSecret(this, `Value of ${name} (not shown)`)
  const { change } = await connect(this.config).api.credentials.set.mutate({
    name,
    spec,
    ...(secret === undefined ? {} : { secret }),
  })
  this.out.say(`Credential ${name} ${change}. Try it with \`errand credentials test ${name}\`.`)
  return EXIT.ok
}

export function toSpec(flags: CredentialFlags): CredentialSpec {
  const { type, baseUrl, auth = 'x-api-key', host, username = 'x-access-token' } = flags
  const needed = (value: string | undefined, words: string, remedy: string): string => {
    if (value === undefined) throw new CliError(EXIT.usage, words, remedy)
    return value
  }
  switch (type) {
    case 'anthropic-key':
    case 'anthropic-subscription':
    case 'bearer':
    case 'secret':
      return { type }
    case 'llm-compatible':
      if (baseUrl === undefined)
        throw new CliError(
          EXIT.usage,
          'A compatible model needs its address.',
          '--base-url https://…, the part before /v1/messages',
        )
      return { type, baseUrl, auth }
    case 'git':
      if (host === undefined) throw new CliError(EXIT.usage, 'A git credential belongs to a host.', '--host github.com')
      return {
        type,
        host,
        username,
        private: flags.private,
        ...(flags.forge === undefined ? {} : { forge: flags.forge }),
      }
    case 'header':
      return { type, header: needed(flags.header, 'Which header takes it?', '--header x-api-key').toLowerCase() }
    case 'basic':
      return { type, username: needed(flags.username, 'A password goes with a name.', '--username NAME') }
    case 'oauth':
      return { type, server: needed(flags.server, 'A sign-in is with an MCP server.', '--server NAME') }
    case 'github-app': {
      const remedy = '--app-id 12345 --installation-id 67890'
      const appId = needed(flags.appId, 'Which GitHub App?', remedy)
      const installationId = needed(flags.installationId, 'Which installation of the app?', remedy)
      return { type, appId, installationId, apiUrl: baseUrl ?? 'https://api.github.com', private: flags.private }
    }
  }
}

/** One real call with it, from where it will be used. */
export async function testCredential(this: Cli, _flags: object, name: string): Promise<ExitCode> {
  const { ok, words, ms } = await connect(this.config).api.credentials.test.mutate({ name })
  const { paint } = this.out
  this.out.print(`${ok ? paint.green('✓') : paint.red('✗')} ${plain(words)} ${paint.dim(`(${duration(ms)})`)}`)
  return ok ? EXIT.ok : EXIT.failed
}

export async function removeCredential(this: Cli, _flags: object, name: string): Promise<ExitCode> {
  await connect(this.config).api.credentials.remove.mutate({ name })
  this.out.say(`Credential ${name} removed.`)
  return EXIT.ok
}

export async function listRepositories(this: Cli): Promise<ExitCode> {
  const errand = connect(this.config)
  const repositories = await errand.api.repositories.list.query()
  const rows = repositories.map(({ repository, isLocal, lastUsedAt }) => [
    repository,
    isLocal ? cloneUrl(errand.place.address, repository) : repository,
    lastUsedAt === null ? 'never' : minute(lastUsedAt),
  ])
  if (rows.length === 0) this.out.say('There is none yet: errand repos add NAME')
  else this.out.print(...table(['REPOSITORY', 'CLONE', 'USED (UTC)'], rows, this.out.paint))
  return EXIT.ok
}

export async function addRepository(this: Cli, _flags: object, name: string): Promise<ExitCode> {
  const errand = connect(this.config)
  const { repository } = await errand.api.repositories.add.mutate({ name })
  if (!repository.startsWith('local/')) {
    this.out.say(`Repository ${repository} is known now.`)
    return EXIT.ok
  }
  this.out.print(cloneUrl(errand.place.address, repository))
  this.out.say(this.out.paint.dim('Push to it with an API token as the password; any user name will do.'))
  return EXIT.ok
}

export async function removeRepository(this: Cli, _flags: object, name: string): Promise<ExitCode> {
  const repository = name.includes('/') ? name : `local/${name}`
  await connect(this.config).api.repositories.remove.mutate({ repository })
  this.out.say(`Repository ${repository} removed.`)
  return EXIT.ok
}

/** Git smart HTTP of a repository that Errand keeps. */
function cloneUrl(address: string, repository: string): string {
  return `${address}/git/${repository}.git`
}

export async function listTokens(this: Cli): Promise<ExitCode> {
  const tokens = await connect(this.config).api.tokens.list.query()
  const rows = tokens.map(({ id, name, prefix, expiresAt, lastUsedAt }) => [
    id,
    name,
    `${prefix}…`,
    expiresAt === null ? 'never' : minute(expiresAt),
    lastUsedAt === null ? 'never' : minute(lastUsedAt),
  ])
  this.out.print(...table(['ID', 'NAME', 'TOKEN', 'EXPIRES (UTC)', 'USED (UTC)'], rows, this.out.paint))
  return EXIT.ok
}

export async function createToken(this: Cli, flags: { days: number | undefined }, name: string): Promise<ExitCode> {
  const expiresAt = flags.days === undefined ? undefined : new Date(Date.now() + flags.days * 86_400_000).toISOString()
  const { token } = await connect(this.config).api.tokens.create.mutate(
    expiresAt === undefined ? { name } : { name, expiresAt },
  )
  this.out.print(token)
  this.out.say(this.out.paint.dim('It is shown this once.'))
  return EXIT.ok
}

export async function revokeToken(this: Cli, _flags: object, id: string): Promise<ExitCode> {
  const { api } = connect(this.config)
  const known = (await api.tokens.list.query()).find((one) => one.id === id || one.name === id)
  if (known === undefined)
    throw new CliError(EXIT.usage, `There is no API token ${id}.`, 'List them with `errand tokens`.')
  await api.tokens.revoke.mutate({ id: known.id })
  this.out.say(`Token ${known.name} revoked.`)
  return EXIT.ok
}
