import {
  note,
  stop,
  warning,
  type DraftInput,
  type DraftSignIn,
  type HostedDraft,
  type ServerDraft,
} from './serverDraft.ts'

/** A well-known server, with every way to use it that works and a word about those that do not. */
export interface CatalogueEntry {
  readonly id: string
  readonly title: string
  readonly publisher: string
  readonly description: string
  readonly ways: readonly ServerDraft[]
}

/** The day on which versions and addresses were last looked at. */
export const CATALOGUE_AS_OF = '2026-11-22'

const NEEDS_OAUTH_OF_ITS_OWN = 'Create the app with the redirect address that Errand shows at sign-in.'

export const CATALOGUE: readonly CatalogueEntry[] = [
  {
    id: 'github',
    title: 'GitHub',
    publisher: 'GitHub',
    description: 'Issues, pull requests, repositories, workflows and code search.',
    ways: [
      remote('github', {
        way: 'With a token',
        url: 'https://api.githubcopilot.com/mcp/',
        signIn: 'token',
        inputs: [
          secret('token', 'Token', {
            help: 'Fine-grained, for the repositories that agents work in.',
            placeholder: 'github_pat_…',
          }),
        ],
        headers: { Authorization: 'Bearer ${token}' },
        notes: [note('With a GitHub App, choose a credential of kind GitHub App instead: its tokens last an hour.')],
      }),
      remote('github', {
        way: 'With OAuth',
        url: 'https://api.githubcopilot.com/mcp/',
        signIn: 'oauth-own-app',
        notes: [note(`GitHub lets no program register itself. ${NEEDS_OAUTH_OF_ITS_OWN}`)],
      }),
      hosted('github', {
        way: 'Run here, also for GitHub Enterprise Server',
        registry: 'oci',
        name: 'ghcr.io/github/github-mcp-server',
        version: '${version}',
        inputs: [
          version('v1.0.0'),
          secret('GITHUB_PERSONAL_ACCESS_TOKEN', 'Token', { placeholder: 'github_pat_…' }),
          {
            id: 'GITHUB_HOST',
            label: 'Server',
            help: 'Only for GitHub Enterprise.',
            placeholder: 'https://github.example.org',
            isRequired: false,
            isSecret: false,
          },
        ],
        env: { GITHUB_PERSONAL_ACCESS_TOKEN: '${GITHUB_PERSONAL_ACCESS_TOKEN}', GITHUB_HOST: '${GITHUB_HOST}' },
        hosts: ['api.github.com'],
        notes: [note('For GitHub Enterprise Server, put its host into the list of hosts.')],
      }),
    ],
  },
  {
    id: 'linear',
    title: 'Linear',
    publisher: 'Linear',
    description: 'Issues, projects, cycles and comments.',
    ways: [remote('linear', { url: 'https://mcp.linear.app/mcp', signIn: 'oauth' })],
  },
  {
    id: 'notion',
    title: 'Notion',
    publisher: 'Notion',
    description: 'Pages, databases and comments.',
    ways: [
      remote('notion', {
        url: 'https://mcp.notion.com/mcp',
        signIn: 'oauth',
        notes: [
          note('Only OAuth: this server takes no integration token. Whoever signs in decides which pages it sees.'),
        ],
      }),
    ],
  },
  {
    id: 'sentry',
    title: 'Sentry',
    publisher: 'Sentry',
    description: 'Issues, events, traces and releases.',
    ways: [remote('sentry', { url: 'https://mcp.sentry.dev/mcp', signIn: 'oauth' })],
  },
  {
    id: 'atlassian',
    title: 'Atlassian',
    publisher: 'Atlassian',
    description: 'Jira issues, Confluence pages, Compass components.',
    ways: [
      remote('atlassian', {
        way: 'With OAuth',
        url: 'https://mcp.atlassian.com/v1/mcp/authv2',
        signIn: 'oauth',
        notes: [note('One sign-in serves one site. For two sites add the server twice.')],
      }),
      remote('atlassian', {
        way: 'With an API token',
        url: 'https://mcp.atlassian.com/v1/mcp',
        signIn: 'token',
        inputs: [
          secret('pair', 'Address and token', {
            help: 'Written as you@example.org:token.',
            placeholder: 'you@example.org:ATATT…',
          }),
        ],
        headers: { Authorization: 'Basic ${pair}' },
        notes: [warning('Works only where an administrator of the site has allowed API tokens for MCP.')],
      }),
    ],
  },
  {
    id: 'slack',
    title: 'Slack',
    publisher: 'Slack',
    description: 'Channels, messages, search and canvases.',
    ways: [
      remote('slack', {
        url: 'https://mcp.slack.com/mcp',
        signIn: 'oauth-own-app',
        notes: [note(`Slack wants an app of your workspace, with its client id and secret. ${NEEDS_OAUTH_OF_ITS_OWN}`)],
      }),
    ],
  },
  {
    id: 'figma',
    title: 'Figma',
    publisher: 'Figma',
    description: 'Designs, components and variables.',
    ways: [
      remote('figma', {
        url: 'https://mcp.figma.com/mcp',
        signIn: 'refused',
        notes: [
          stop(
            'Figma lets in only the programs on its own list and answers “Forbidden” to all others. Errand does not ' +
              'pretend to be one of them. With a client id that Figma gave you, add the address by hand and set it there.',
          ),
        ],
      }),
    ],
  },
  {
    id: 'filesystem',
    title: 'Filesystem',
    publisher: 'Model Context Protocol',
    description: 'Reads and writes files of a folder in the server’s own sandbox.',
    ways: [
      hosted('filesystem', {
        registry: 'npm',
        name: '@modelcontextprotocol/server-filesystem',
        version: '2026.8.31',
        args: [['${folder}']],
        inputs: [
          {
            id: 'folder',
            label: 'Folder',
            help: 'A folder of the server’s sandbox.',
            value: '/tmp',
            isRequired: true,
            isSecret: false,
          },
        ],
        notes: [note('It sees neither your disk nor the workspace of a run, which has files of its own without it.')],
      }),
    ],
  },
  {
    id: 'fetch',
    title: 'Fetch',
    publisher: 'Model Context Protocol',
    description: 'Fetches a web page and gives it as Markdown.',
    ways: [
      hosted('fetch', {
        registry: 'pypi',
        name: 'mcp-server-fetch',
        version: '2026.10.24',
        notes: [
          warning('It reaches only the hosts you list. Pages can carry instructions to the agent that reads them.'),
        ],
      }),
    ],
  },
  {
    id: 'git',
    title: 'Git',
    publisher: 'Model Context Protocol',
    description: 'Reads and changes git repositories in the server’s own sandbox.',
    ways: [
      hosted('git', {
        registry: 'pypi',
        name: 'mcp-server-git',
        version: '2026.10.19',
        notes: [note('A run has its repositories in its workspace and does not need this for them.')],
      }),
    ],
  },
  {
    id: 'time',
    title: 'Time',
    publisher: 'Model Context Protocol',
    description: 'The time in any zone. Needs nothing and reaches nothing: good for a first try.',
    ways: [hosted('time', { registry: 'pypi', name: 'mcp-server-time', version: '2026.10.19' })],
  },
  {
    id: 'everything',
    title: 'Everything',
    publisher: 'Model Context Protocol',
    description: 'One of each kind of tool, prompt and resource, to see how a server works here.',
    ways: [
      hosted('everything', { registry: 'npm', name: '@modelcontextprotocol/server-everything', version: '2026.8.31' }),
    ],
  },
  {
    id: 'playwright',
    title: 'Playwright',
    publisher: 'Microsoft',
    description: 'Drives a browser: opens pages, clicks, types, takes pictures.',
    ways: [
      hosted('playwright', {
        registry: 'npm',
        name: '@playwright/mcp',
        version: '0.0.83',
        args: [['--headless'], ['--isolated']],
        notes: [
          warning(
            'The package brings no browser. It works where the server’s image or this machine has Chromium or Chrome; list the ' +
              'hosts that it may open.',
          ),
        ],
      }),
    ],
  },
  {
    id: 'postgres',
    title: 'Postgres',
    publisher: 'Crystal DBA',
    description: 'Queries a database, explains plans, proposes indexes.',
    ways: [
      hosted('postgres', {
        registry: 'pypi',
        name: 'postgres-mcp',
        version: '0.3.0',
        args: [['--access-mode', '${access}']],
        env: { DATABASE_URI: '${DATABASE_URI}' },
        inputs: [
          secret('DATABASE_URI', 'Address of the database', {
            placeholder: 'postgresql://user:password@host:5432/name',
          }),
          {
            id: 'access',
            label: 'Access',
            help: 'Restricted runs only what reads.',
            choices: ['restricted', 'unrestricted'],
            value: 'restricted',
            isRequired: true,
            isSecret: false,
          },
        ],
        notes: [note('Put the host and port of the database into the list of hosts. Use a role that may only read.')],
      }),
    ],
  },
]

interface Remote {
  readonly way?: string
  readonly url: string
  readonly signIn: DraftSignIn
  readonly headers?: Readonly<Record<string, string>>
  readonly inputs?: readonly DraftInput[]
  readonly notes?: ServerDraft['notes']
}

function remote(name: string, { url, headers = {}, inputs = [], notes = [], ...rest }: Remote): ServerDraft {
  const access = rest.signIn.startsWith('oauth') ? { access: { kind: 'oauth' as const } } : {}
  const spec = { type: 'remote', url, transport: 'streamable-http', headers, private: false, ...access } as const
  return { name, spec, inputs, notes, ...rest }
}

interface Hosted extends Partial<Pick<HostedDraft, 'args' | 'env' | 'hosts'>> {
  readonly way?: string
  readonly registry: HostedDraft['package']['registry']
  readonly name: string
  readonly version: string
  readonly inputs?: readonly DraftInput[]
  readonly notes?: ServerDraft['notes']
}

function hosted(name: string, given: Hosted): ServerDraft {
  const { args = [], env = {}, hosts = [], inputs = [], notes = [] } = given
  return {
    name,
    spec: {
      type: 'hosted',
      package: { registry: given.registry, name: given.name, version: given.version },
      args,
      env,
      transport: 'stdio',
      hosts,
    },
    inputs,
    notes,
    signIn: inputs.some((input) => input.isSecret) ? 'token' : 'none',
    ...(given.way === undefined ? {} : { way: given.way }),
  }
}

function secret(id: string, label: string, more: Pick<DraftInput, 'help' | 'placeholder'> = {}): DraftInput {
  return { id, label, isRequired: true, isSecret: true, ...more }
}

function version(placeholder: string): DraftInput {
  return { id: 'version', label: 'Version', help: 'A tag or a digest.', placeholder, isRequired: true, isSecret: false }
}
