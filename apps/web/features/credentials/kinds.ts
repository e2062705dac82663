import { type CredentialKind, type CredentialSpec, MODEL_CREDENTIAL_KINDS } from '@errand/contracts'

interface Kind {
  readonly name: string
  readonly about: string
  readonly suggestedName: string
  /** Above the field for its value. */
  readonly value: string
  readonly hint: string
}

export const KINDS: Readonly<Record<CredentialKind, Kind>> = {
  'anthropic-key': {
    name: 'Anthropic API key',
    about: 'Claude, paid by use',
    suggestedName: 'anthropic',
    value: 'Key',
    hint: 'It begins with sk-ant-.',
  },
  'anthropic-subscription': {
    name: 'Claude subscription',
    about: 'A long-lived token of a Pro or Max plan',
    suggestedName: 'claude',
    value: 'Token',
    hint: '`claude setup-token` prints one.',
  },
  'llm-compatible': {
    name: 'Compatible model',
    about: 'Any address that speaks the Messages API',
    suggestedName: 'model',
    value: 'Key',
    hint: 'As its provider gave it to you.',
  },
  git: {
    name: 'Git host',
    about: 'Clones and pushes, each run to its own branch',
    suggestedName: 'git',
    value: 'Token',
    hint: 'One that may read and write the repositories.',
  },
  bearer: {
    name: 'Bearer token',
    about: 'A personal access token of an MCP server',
    suggestedName: 'mcp-token',
    value: 'Token',
    hint: 'Without the word Bearer.',
  },
  header: {
    name: 'Header',
    about: 'The value of a header of an MCP server',
    suggestedName: 'mcp-key',
    value: 'Value',
    hint: 'As the server wants it.',
  },
  basic: {
    name: 'Name and password',
    about: 'Basic sign-in with an MCP server',
    suggestedName: 'mcp-password',
    value: 'Password',
    hint: 'Sent with its user name.',
  },
  secret: {
    name: 'Secret',
    about: 'A value in the environment of a hosted MCP server',
    suggestedName: 'mcp-secret',
    value: 'Value',
    hint: 'Only that server’s process gets it.',
  },
  oauth: {
    name: 'Sign-in',
    about: 'What a sign-in with an MCP server brings',
    suggestedName: 'mcp-sign-in',
    value: 'Client secret',
    hint: 'Only where you registered an app of your own.',
  },
  'github-app': {
    name: 'GitHub App',
    about: 'Tokens of an hour, made by the gateway',
    suggestedName: 'github-app',
    value: 'Private key',
    hint: 'The whole PEM file.',
  },
}

/** Those that are made on the page of credentials; the others are made with the server that they are for. */
export const MADE_HERE: readonly CredentialKind[] = [...MODEL_CREDENTIAL_KINDS, 'git', 'github-app']

/** Where it is used: a host or an address. */
export function whereOf(spec: CredentialSpec): string | null {
  if (spec.type === 'git') return spec.host
  return spec.type === 'llm-compatible' ? spec.baseUrl : spec.type === 'github-app' ? spec.apiUrl : null
}

export function needsValue(spec: CredentialSpec): boolean {
  return spec.type !== 'oauth' && !(spec.type === 'llm-compatible' && spec.auth === 'none')
}
