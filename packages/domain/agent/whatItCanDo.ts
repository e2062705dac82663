import type { AgentSpec, McpUse } from '@errand/contracts'
import { countStandings, type KnownTool, type ToolStanding } from '../mcp/toolStanding.ts'
import { autonomyOf, onBlockedHostOf } from '../run/autonomy.ts'

/** Words and, apart from them, what is shown as code. */
export type Phrase = readonly (string | { readonly code: string })[]

export const CAN_DO = ['reads', 'writes', 'mayCall', 'asksFirst', 'never', 'holds', 'stops'] as const
export type CanDo = (typeof CAN_DO)[number]
export type Sentences = Readonly<Record<CanDo, Phrase>>

export interface Around {
  /** Hosts that the level `trusted` reaches; null while that is not known. */
  readonly trustedHosts: number | null
  /** The MCP servers that it names, as far as they are known. */
  readonly servers?: readonly KnownServer[]
}

export interface KnownServer {
  readonly name: string
  readonly tools: readonly KnownTool[]
  /** That the gateway adds for it. */
  readonly credentials: readonly string[]
}

/**
 * What an agent with this specification can do, said in seven sentences. Computed and never typed, so that what a person
 * reads before saving is what the gateway and the sandbox will hold it to.
 */
export function whatItCanDo(spec: AgentSpec, around: Around): Sentences {
  return {
    reads: reads(spec),
    writes: ['only to branches called ', { code: 'errand/*' }, ' of these; files of its own sandbox'],
    mayCall: mayCall(spec, around),
    asksFirst: asksFirst(spec, around),
    never: never(spec, around),
    holds: holds(spec, around),
    stops: stops(spec),
  }
}

function reads({ repositories = [], env }: AgentSpec): Phrase {
  const names = repositories.map(({ repository }) => ({ code: repository }))
  const given = Object.keys(env).length
  return [
    ...(names.length === 0 ? ['the repositories a task names'] : [...listed(names), ', unless a task names others']),
    given === 0 ? '' : `, and ${counted(given, 'variable')} of its own`,
  ]
}

function mayCall(spec: AgentSpec, around: Around): Phrase {
  const { trustedHosts } = around
  const model: Phrase =
    spec.runtime === 'script'
      ? []
      : [
          spec.credential === 'demo' ? 'the demo script, which is no model' : 'its model',
          ...toolsItMayCall(spec, around),
        ]
  const hosts = reach(spec, trustedHosts)
  if (model.length === 0) return hosts.length === 0 ? ['nobody'] : hosts
  return hosts.length === 0 ? model : [...model, ', and ', ...hosts]
}

function reach({ network, hosts }: AgentSpec, trustedHosts: number | null): Phrase {
  const own = hosts.length === 0 ? [] : listed(hosts.map((host) => ({ code: host })))
  switch (network) {
    case 'none':
      return []
    case 'custom':
      return own
    case 'trusted': {
      const trusted = trustedHosts === null ? 'the trusted hosts' : counted(trustedHosts, 'trusted host')
      return [`the git hosts, ${trusted}`, ...(own.length === 0 ? [] : [' and ', ...own])]
    }
    case 'full':
      return ['every host of the internet']
  }
}

/** What the rules say of the tools of all its servers together; a server whose tools nobody knows yet counts alone. */
function toolCounts(spec: AgentSpec, { servers = [] }: Around) {
  const counts = { allow: 0, ask: 0, deny: 0, depends: 0 }
  for (const use of usesOf(spec)) {
    const one = countStandings(use, servers.find(({ name }) => name === use.server)?.tools ?? [])
    for (const standing of Object.keys(counts) as ToolStanding[]) counts[standing] += one[standing]
  }
  return counts
}

function usesOf(spec: AgentSpec): readonly McpUse[] {
  return spec.runtime === 'claude-code' ? (spec.mcp ?? []) : []
}

function toolsItMayCall(spec: AgentSpec, around: Around): Phrase {
  const uses = usesOf(spec)
  if (uses.length === 0) return []
  const { allow, ask, deny, depends } = toolCounts(spec, around)
  const names = listed(uses.map(({ server }) => ({ code: server })))
  if (allow + ask + deny + depends === 0) return [', tools of ', ...names]
  return [`, ${counted(allow + ask + depends, 'tool')} of `, ...names]
}

function asksFirst(spec: AgentSpec, around: Around): Phrase {
  const { ask, depends } = toolCounts(spec, around)
  const tools = [
    ...(ask === 0 ? [] : [`for ${counted(ask, 'tool')}`]),
    ...(depends === 0 ? [] : [`for ${counted(depends, 'tool')} by their arguments`]),
  ]
  const rest = asksOtherwise(spec)
  if (tools.length === 0) return rest
  return [tools.join(' and '), ...(rest[0] === NOTHING ? [] : ['; ', ...rest])]
}

const NOTHING = 'for nothing; the sandbox is its limit'

function asksOtherwise(spec: AgentSpec): Phrase {
  const autonomy = autonomyOf(spec)
  const hosts = spec.network !== 'full' && spec.network !== 'none' && onBlockedHostOf(spec) === 'ask'
  const before =
    autonomy === 'plan'
      ? ['before it starts: you approve its plan']
      : autonomy === 'ask'
        ? ['before a command that does more than read', ...exceptions(spec)]
        : []
  if (!hosts) return before.length === 0 ? [NOTHING] : before
  return [
    ...before,
    before.length === 0 ? 'for a host that is not on its list' : ', and for a host that is not on its list',
  ]
}

function exceptions(spec: AgentSpec): Phrase {
  const allowed = spec.runtime === 'claude-code' ? (spec.allowedTools ?? []) : []
  return allowed.length === 0 ? [] : [', except ', ...listed(allowed.map((rule) => ({ code: rule })))]
}

function never(spec: AgentSpec, around: Around): Phrase {
  const { network } = spec
  const { deny } = toolCounts(spec, around)
  const hosts =
    network === 'none' ? 'any host' : network === 'full' ? 'an address of a private network' : 'any other host'
  const tools = deny === 0 ? '' : `${counted(deny, 'tool')}, `
  return [`${tools}${hosts}, another run, your files, the machine; no push to `, { code: 'main' }]
}

function holds(spec: AgentSpec, { servers = [] }: Around): Phrase {
  const model = spec.runtime === 'claude-code' && spec.credential !== 'demo' ? [spec.credential] : []
  const used = usesOf(spec).flatMap(({ server }) => servers.find(({ name }) => name === server)?.credentials ?? [])
  const names = [...new Set([...model, ...used])]
  if (names.length === 0) return ['no secret. The gateway adds a git host’s token on the way out']
  const said = listed(names.map((code) => ({ code })))
  return ['no secret. The gateway adds ', ...said, ' and a git host’s token on the way out']
}

function stops(spec: AgentSpec): Phrase {
  const limits = [
    ...(spec.runtime === 'claude-code' ? [`at $${spec.budgetUsd.toFixed(2)}`] : []),
    `after ${minutes(spec.deadlineMinutes)}`,
    ...(spec.runtime === 'claude-code' && spec.maxTurns !== undefined
      ? [`after ${counted(spec.maxTurns, 'turn')}`]
      : []),
    `after ${minutes(spec.noProgressMinutes)} without progress`,
  ]
  return [`${limits.slice(0, -1).join(', ')} or ${limits.at(-1) ?? ''}, whichever is first`]
}

const SHOWN = 3

function listed(names: readonly { readonly code: string }[]): Phrase {
  const shown = names.slice(0, SHOWN)
  const more = names.length - shown.length
  return [
    ...shown.flatMap((name, index) => (index === 0 ? [name] : [', ', name])),
    ...(more === 0 ? [] : [` and ${more} more`]),
  ]
}

function counted(n: number, one: string): string {
  return `${n} ${one}${n === 1 ? '' : 's'}`
}

function minutes(n: number): string {
  if (n < 60) return `${n} min`
  const left = n % 60
  return left === 0 ? `${n / 60} h` : `${Math.floor(n / 60)} h ${left} min`
}

/** As plain text, for a line and for who listens. */
export function phraseText(phrase: Phrase): string {
  return phrase.map((part) => (typeof part === 'string' ? part : part.code)).join('')
}
