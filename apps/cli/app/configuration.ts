import type { CredentialKind } from '@errand/contracts'
import { buildRouteMap, numberParser } from '@stricli/core'
import { command } from '../context.ts'
import { flag, text } from '../parameters.ts'

/** Spelled out, because importing the schemas would double the start-up time of every command; the type keeps it true. */
const KINDS = Object.keys({
  'anthropic-key': true,
  'anthropic-subscription': true,
  'llm-compatible': true,
  git: true,
  bearer: true,
  header: true,
  basic: true,
  secret: true,
  oauth: true,
  'github-app': true,
} satisfies Record<CredentialKind, true>) as CredentialKind[]

const FORGE_NAMES = ['github', 'gitlab', 'gitea', 'none'] as const

const load = () => import('../commands/configuration.ts')
const name = (what: string) => ({ kind: 'tuple', parameters: [text(`Name of the ${what}`, 'name')] }) as const

export const agents = buildRouteMap({
  docs: { brief: 'The agents that a task can name' },
  defaultCommand: 'ls',
  routes: {
    ls: command(async () => (await load()).listAgents, {
      docs: { brief: 'List them' },
      parameters: {},
    }),
    show: command(async () => (await load()).showAgent, {
      docs: { brief: 'One of them as YAML' },
      parameters: { positional: name('agent') },
    }),
  },
})

export const credentials = buildRouteMap({
  docs: { brief: 'Keys and tokens; their values go in and never come out' },
  defaultCommand: 'ls',
  routes: {
    ls: command(async () => (await load()).listCredentials, {
      docs: { brief: 'List them' },
      parameters: {},
    }),
    add: command(async () => (await load()).addCredential, {
      docs: {
        brief: 'Add one, or give it a new value: from standard input, or typed without being shown',
        customUsage: ['claude --type anthropic-key', 'github --type git --host github.com < token.txt'],
      },
      parameters: {
        positional: name('credential'),
        flags: {
          type: { kind: 'enum', values: KINDS, brief: 'What it is' },
          baseUrl: flag('Address of a compatible model: the part before /v1/messages', 'url'),
          auth: {
            kind: 'enum',
            values: ['x-api-key', 'bearer', 'none'],
            optional: true,
            brief: 'How a compatible model takes its key',
          },
          host: flag('Host of a git token: github.com, or host:port', 'host'),
          username: flag('User name that goes with a git token or a password', 'name'),
          header: flag('Header that takes the value, for an MCP server', 'name'),
          server: flag('MCP server that a sign-in is with', 'name'),
          appId: flag('GitHub App', 'id'),
          installationId: flag('Installation of the GitHub App', 'id'),
          forge: {
            kind: 'enum',
            values: FORGE_NAMES,
            optional: true,
            brief: 'Which API opens pull requests there; without it, found out',
          },
          private: {
            kind: 'boolean',
            default: false,
            withNegated: false,
            brief: 'The git host is on a private network',
          },
        },
      },
    }),
    test: command(async () => (await load()).testCredential, {
      docs: { brief: 'Make one real call with it' },
      parameters: { positional: name('credential') },
    }),
    rm: command(async () => (await load()).removeCredential, {
      docs: { brief: 'Remove one' },
      parameters: { positional: name('credential') },
    }),
  },
})

export const repos = buildRouteMap({
  docs: { brief: 'Repositories that Errand keeps or has used' },
  defaultCommand: 'ls',
  routes: {
    ls: command(async () => (await load()).listRepositories, {
      docs: { brief: 'List them' },
      parameters: {},
    }),
    add: command(async () => (await load()).addRepository, {
      docs: { brief: 'Make an empty one to push to, or remember an https:// address' },
      parameters: { positional: name('repository') },
    }),
    rm: command(async () => (await load()).removeRepository, {
      docs: { brief: 'Remove one, with everything in it' },
      parameters: { positional: name('repository') },
    }),
  },
})

export const tokens = buildRouteMap({
  docs: { brief: 'API tokens' },
  defaultCommand: 'ls',
  routes: {
    ls: command(async () => (await load()).listTokens, {
      docs: { brief: 'List them' },
      parameters: {},
    }),
    create: command(async () => (await load()).createToken, {
      docs: { brief: 'Make one; it is shown this once' },
      parameters: {
        positional: name('token'),
        flags: {
          days: {
            kind: 'parsed',
            parse: numberParser,
            optional: true,
            brief: 'How long it is valid; without it for ever',
            placeholder: 'days',
          },
        },
      },
    }),
    revoke: command(async () => (await load()).revokeToken, {
      docs: { brief: 'End one at once' },
      parameters: { positional: { kind: 'tuple', parameters: [text('Id or name', 'token')] } },
    }),
  },
})
