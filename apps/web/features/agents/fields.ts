import { type AgentSpec, AUTONOMIES, AUTONOMY_WORDS, mcpUsesSchema } from '@errand/contracts'
import { ruleText } from '@errand/domain'
import {
  type Codec,
  cores,
  dollars,
  json,
  line,
  lines,
  memory,
  minutes,
  repositories,
  text,
  variables,
  whole,
} from './codecs.ts'

type FieldsOf<S> = S extends unknown ? keyof S : never
/** Every field that any agent has. The runtime is chosen once, with the agent. */
export type FieldName = Exclude<FieldsOf<AgentSpec>, 'runtime'>

export type Control =
  | { readonly kind: 'line' | 'area' | 'code'; readonly codec: Codec; readonly rows?: number }
  | { readonly kind: 'choice'; readonly choices: readonly (readonly [value: string, words: string])[] }
  /** Has a control of its own: the list of credentials, the levels of the network. */
  | { readonly kind: 'own'; readonly show?: (value: unknown) => string }

export interface AgentField {
  readonly label: string
  readonly hint?: string
  readonly control: Control
}

const days = 10_080

/** All of them: a field that the specification gets does not compile until a person can see and change it here. */
export const FIELDS: Readonly<Record<FieldName, AgentField>> = {
  description: { label: 'What it is for', hint: 'One line, for lists', control: { kind: 'line', codec: line } },
  systemPrompt: {
    label: 'What this agent is told, every time',
    control: { kind: 'area', codec: text, rows: 5 },
  },
  script: {
    label: 'Script',
    hint: 'Run by bash; the task is in ERRAND_PROMPT. Empty: the task itself is the script',
    control: { kind: 'code', codec: text, rows: 6 },
  },
  credential: { label: 'Asks', control: { kind: 'own' } },
  model: { label: 'Model', hint: 'Empty: the one that Claude Code chooses', control: { kind: 'line', codec: line } },
  autonomy: {
    label: 'Works by',
    control: { kind: 'choice', choices: AUTONOMIES.map((one) => [one, AUTONOMY_WORDS[one].title] as const) },
  },
  mcp: { label: 'MCP servers', control: { kind: 'own', show: mcpWords } },
  allowedTools: {
    label: 'May do without asking',
    hint: 'One a line, as Bash(npm test:*). “Always for this agent” adds to it',
    control: { kind: 'code', codec: lines(undefined), rows: 3 },
  },
  network: { label: 'Network', control: { kind: 'own' } },
  hosts: {
    label: 'Hosts of its own',
    hint: 'One a line: example.org, *.example.org, example.org:8443',
    control: { kind: 'code', codec: lines([]), rows: 3 },
  },
  onBlockedHost: {
    label: 'A host that is not on the list',
    control: {
      kind: 'choice',
      choices: [
        ['ask', 'waits, and you are asked'],
        ['refuse', 'is refused at once'],
      ],
    },
  },
  budgetUsd: { label: 'Stops at', control: { kind: 'line', codec: dollars } },
  deadlineMinutes: { label: 'Or after', control: { kind: 'line', codec: minutes({ max: 1440, needed: true }) } },
  memoryMib: { label: 'Memory', control: { kind: 'line', codec: memory } },
  noProgressMinutes: {
    label: 'Or without progress for',
    control: { kind: 'line', codec: minutes({ max: 1440, needed: true }) },
  },
  maxTurns: {
    label: 'Or after turns',
    hint: 'Empty: no limit',
    control: { kind: 'line', codec: whole({ min: 1, max: 10_000, needed: false }) },
  },
  answerMinutes: {
    label: 'A question waits for',
    hint: 'Empty: 12 h; then it counts as no',
    control: { kind: 'line', codec: minutes({ max: days, needed: false }) },
  },
  image: {
    label: 'Image, on a cluster',
    hint: 'Any glibc image, as python:3.13. Empty: Errand’s own',
    control: { kind: 'line', codec: line },
  },
  diskMib: {
    label: 'Disk, on a cluster',
    hint: 'In MiB. Empty: 10240',
    control: { kind: 'line', codec: whole({ min: 256, max: 1_048_576, needed: false }) },
  },
  cpus: { label: 'Processor cores', control: { kind: 'line', codec: cores } },
  pids: {
    label: 'Processes at once',
    control: { kind: 'line', codec: whole({ min: 16, max: 65_536, needed: true }) },
  },
  repositories: {
    label: 'Repositories',
    hint: 'One a line: local/app, or an address; a branch behind it. For tasks that name none',
    control: { kind: 'code', codec: repositories, rows: 2 },
  },
  setup: {
    label: 'Before it starts',
    hint: 'Commands in the first repository, as npm ci',
    control: { kind: 'code', codec: text, rows: 2 },
  },
  verify: {
    label: 'The check',
    hint: 'Its exit code decides whether a run is verified, as npm test',
    control: { kind: 'code', codec: text, rows: 2 },
  },
  env: {
    label: 'Variables',
    hint: 'NAME=value, one a line. No secrets: the sandbox holds none',
    control: { kind: 'code', codec: variables, rows: 2 },
  },
  outputSchema: {
    label: 'Result in a fixed form',
    hint: 'A JSON Schema; a run that does not give it fails',
    control: { kind: 'code', codec: json, rows: 4 },
  },
}

/** What a field shows where it is only read; null where it is not set. */
export function shown(name: FieldName, value: unknown): string | null {
  if (value === undefined || value === null) return null
  const { control } = FIELDS[name]
  if (control.kind === 'choice') return control.choices.find(([one]) => one === value)?.[1] ?? plain(value)
  const words = control.kind === 'own' ? (control.show ?? plain)(value) : control.codec.show(value)
  return words === '' ? null : words
}

/** `linear: allow; ask create_*`, a server a line. */
function mcpWords(value: unknown): string {
  const uses = mcpUsesSchema.safeParse(value)
  if (!uses.success) return plain(value)
  return uses.data
    .map(({ server, rules, otherwise }) => [`${server}: ${otherwise}`, ...rules.map(ruleText)].join('; '))
    .join('\n')
}

function plain(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

export function valueOf(spec: AgentSpec, name: FieldName): unknown {
  return Reflect.get(spec, name)
}

/** The specification with one field changed; undefined takes it away. Not checked yet. */
export function withField(spec: object, name: FieldName, value: unknown): object {
  const { [name]: _before, ...rest } = spec as Record<string, unknown>
  return value === undefined ? rest : { ...rest, [name]: value }
}
