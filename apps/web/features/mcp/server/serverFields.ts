import type { McpServerSpec } from '@errand/contracts'
import { type Codec, line, lines, minutes, type Read, text, whole } from '../../agents/codecs.ts'

export interface ServerField {
  /** Where it stands: `oauth.scopes`. */
  readonly path: string
  readonly label: string
  readonly hint?: string
  readonly control:
    | { readonly kind: 'line' | 'area'; readonly codec: Codec }
    | { readonly kind: 'check' }
    | { readonly kind: 'choice'; readonly choices: readonly (readonly [string, string])[] }
    | { readonly kind: 'credential' }
}

export interface FieldGroup {
  readonly title: string | null
  readonly isFolded?: boolean
  readonly fields: readonly ServerField[]
}

const line_ = (path: string, label: string, hint?: string): ServerField => ({
  path,
  label,
  ...(hint === undefined ? {} : { hint }),
  control: { kind: 'line', codec: line },
})
const area = (path: string, label: string, hint: string, codec: Codec): ServerField => ({
  path,
  label,
  hint,
  control: { kind: 'area', codec },
})
const check = (path: string, label: string, hint: string): ServerField => ({
  path,
  label,
  hint,
  control: { kind: 'check' },
})

/** `Name: value`, one a line. */
const headers = pairs(/^([^:\s]+):\s*(.*)$/, ': ', 'write Name: value')
const words = pairs(/^([^=\s]+)=(.*)$/, '=', 'write name=value')

/** `NAME=value`, or `NAME from credential`: a secret, by its name. */
const env: Codec = {
  show: (held) =>
    Object.entries((held ?? {}) as Record<string, string | { credential: string }>)
      .map(([name, value]) => (typeof value === 'string' ? `${name}=${value}` : `${name} from ${value.credential}`))
      .join('\n'),
  read: (typed) => {
    const found: Record<string, unknown> = {}
    for (const one of linesOf(typed)) {
      const [, name, value] = /^([A-Za-z_]\w*)=(.*)$/.exec(one) ?? []
      const [, secret, credential] = /^([A-Za-z_]\w*) from (\S+)$/.exec(one) ?? []
      if (name !== undefined) found[name] = value ?? ''
      else if (secret !== undefined) found[secret] = { credential }
      else return { kind: 'wrong', words: `${one}: write NAME=value, or NAME from the name of a credential.` }
    }
    return { kind: 'value', value: found }
  },
}

const COMMON: readonly ServerField[] = [
  line_('description', 'What it is for', 'One line, for lists'),
  {
    path: 'callSeconds',
    label: 'A call may take',
    hint: 'In seconds',
    control: { kind: 'line', codec: whole({ min: 1, max: 86_400, needed: true }) },
  },
]

const REMOTE: readonly FieldGroup[] = [
  {
    title: null,
    fields: [
      line_('url', 'Address'),
      {
        path: 'transport',
        label: 'Spoken',
        control: {
          kind: 'choice',
          choices: [
            ['streamable-http', 'Streamable HTTP'],
            ['sse', 'SSE, the old way'],
          ],
        },
      },
      { path: 'credential', label: 'Credential', control: { kind: 'credential' } },
      ...COMMON,
      area('headers', 'Headers', 'Name: value, one a line. No secrets: those are credentials', headers),
      check(
        'private',
        'It stands on a private network',
        'Then plain http and private addresses are allowed for exactly this host and port.',
      ),
    ],
  },
]

const GITHUB: FieldGroup = {
  title: 'What GitHub offers',
  fields: [
    area(
      'github.toolsets',
      'Toolsets',
      'One a line: issues, pull_requests, repos. Empty: its usual ones',
      lines(undefined),
    ),
    area('github.tools', 'Only these tools', 'One a line', lines(undefined)),
    area('github.excludeTools', 'Without these tools', 'One a line; wins over the others', lines(undefined)),
    check('github.readonly', 'Only what reads', 'Wins over everything else.'),
    check(
      'github.lockdown',
      'Lockdown',
      'Hides what people without write access wrote. A filter of GitHub’s, not a wall.',
    ),
  ],
}

const OAUTH: FieldGroup = {
  title: 'Sign-in by OAuth',
  isFolded: true,
  fields: [
    line_(
      'oauth.clientId',
      'Client id',
      'Of an app that you registered there; its secret is the value of the credential',
    ),
    area('oauth.scopes', 'Scopes', 'One a line. Empty: what the server asks for', lines(undefined)),
    area(
      'oauth.authorizeParams',
      'More parameters of the sign-in',
      'name=value, one a line: access_type=offline',
      words,
    ),
    check('oauth.sendResource', 'Say which server it is for', 'The standard’s resource. A few refuse it: Entra v2.'),
    check('oauth.assumeS256', 'It can PKCE and does not say so', 'Entra and Cognito.'),
    check('oauth.useIdToken', 'It wants the ID token', 'In place of the access token: AgentCore with Cognito.'),
  ],
}

const HOSTED: readonly FieldGroup[] = [
  {
    title: null,
    fields: [
      line_('package.name', 'Package'),
      line_('package.version', 'Version', 'An exact one, or a digest'),
      ...COMMON,
      area('args', 'Arguments', 'One a line, each as it is: no shell reads them', argsCodec()),
      area('env', 'Variables', 'NAME=value, or NAME from the name of a credential', env),
      area('hosts', 'Hosts that it may reach', 'One a line. Empty: none', lines([])),
    ],
  },
  {
    title: 'How it runs',
    isFolded: true,
    fields: [
      {
        path: 'share',
        label: 'A process',
        control: {
          kind: 'choice',
          choices: [
            ['session', 'for each session'],
            ['all', 'for everybody: it keeps no state'],
          ],
        },
      },
      {
        path: 'idleMinutes',
        label: 'Stopped when idle for',
        control: { kind: 'line', codec: minutes({ max: 1440, needed: true }) },
      },
      {
        path: 'memoryMib',
        label: 'Memory',
        hint: 'In MiB',
        control: { kind: 'line', codec: whole({ min: 32, max: 1_048_576, needed: true }) },
      },
      {
        path: 'transport',
        label: 'Spoken',
        control: {
          kind: 'choice',
          choices: [
            ['stdio', 'standard input and output'],
            ['streamable-http', 'Streamable HTTP'],
            ['sse', 'SSE, the old way'],
          ],
        },
      },
      {
        path: 'port',
        label: 'Port',
        hint: 'Only where it speaks HTTP',
        control: { kind: 'line', codec: whole({ min: 1, max: 65_535, needed: false }) },
      },
      line_('path', 'Path', 'Below that port. Empty: /mcp or /sse'),
    ],
  },
]

/** The form of a server, by what it is. */
export function groupsOf(spec: McpServerSpec): readonly FieldGroup[] {
  if (spec.type === 'hosted') return HOSTED
  const isGithub =
    spec.github !== undefined || (URL.canParse(spec.url) && new URL(spec.url).host === 'api.githubcopilot.com')
  return [...REMOTE, ...(isGithub ? [GITHUB] : []), OAUTH]
}

type Json = Readonly<Record<string, unknown>>

export function valueAt(spec: object, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => (isObject(value) ? value[key] : undefined), spec)
}

/** With one value changed; undefined takes it away, and an object that holds nothing any more goes with it. */
export function withValue(spec: object, path: string, value: unknown): object {
  const [key = '', ...rest] = path.split('.')
  const { [key]: before, ...others } = spec as Record<string, unknown>
  if (rest.length === 0) return value === undefined ? others : { ...others, [key]: value }
  const inner = withValue(isObject(before) ? before : {}, rest.join('.'), value)
  return Object.keys(inner).length === 0 ? others : { ...others, [key]: inner }
}

function pairs(pattern: RegExp, between: string, how: string): Codec {
  return {
    show: (held) =>
      Object.entries((held ?? {}) as Record<string, string>)
        .map(([name, value]) => `${name}${between}${value}`)
        .join('\n'),
    read: (typed): Read => {
      const found: Record<string, string> = {}
      for (const one of linesOf(typed)) {
        const [, name, value] = pattern.exec(one) ?? []
        if (name === undefined) return { kind: 'wrong', words: `${one}: ${how}.` }
        found[name] = value ?? ''
      }
      return { kind: 'value', value: Object.keys(found).length === 0 ? undefined : found }
    },
  }
}

/** Two arguments may be the same, unlike two hosts. */
function argsCodec(): Codec {
  return {
    show: (held) => (Array.isArray(held) ? held.join('\n') : text.show(held)),
    read: (typed) => ({ kind: 'value', value: typed.split('\n').filter((one) => one !== '') }),
  }
}

function linesOf(typed: string): readonly string[] {
  return typed
    .split('\n')
    .map((one) => one.trim())
    .filter((one) => one !== '')
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
