import type { RunFaultCode, NetworkLevel } from '@errand/contracts'

export interface Target {
  /** Lower case, punycode, no trailing dot; an IPv6 address without brackets. */
  readonly host: string
  readonly port: number
}

export interface HostRules {
  readonly network: NetworkLevel
  /** `hosts` of the agent. */
  readonly hosts: readonly string[]
  /** The owner's list, which stands for `trusted`. */
  readonly trustedHosts: readonly string[]
}

export type HostDecision =
  | { readonly kind: 'allowed' }
  | { readonly kind: 'blocked'; readonly code: RunFaultCode; readonly detail: string }

/** A pattern that names no port means the web, nothing else that may listen on the same machine. */
const WEB_PORTS = [80, 443]

/**
 * Whether a run may open a connection to this host, by name alone; what the name resolves to is judged by
 * `addressRefusal`. `none`: nothing. `custom`: the agent's hosts. `trusted`: these and the owner's list. `full`: all.
 */
export function decideHost(target: Target, rules: HostRules): HostDecision {
  switch (rules.network) {
    case 'full':
      return { kind: 'allowed' }
    case 'none':
      return blocked(target, 'the network level of this run is “none”')
    case 'custom':
      return byList(target, rules.hosts, 'it is not among the hosts of the agent')
    case 'trusted':
      return byList(
        target,
        [...rules.hosts, ...rules.trustedHosts],
        'it is neither among the hosts of the agent nor among the trusted hosts',
      )
  }
}

/** `example.org`, `*.example.org` (one label or more, not the domain itself), either with `:port`. */
export function matchesHost(pattern: string, target: Target): boolean {
  const [, name = '', port] = /^(.*?)(?::(\d+))?$/.exec(pattern.toLowerCase()) ?? []
  const isPort = port === undefined ? WEB_PORTS.includes(target.port) : Number(port) === target.port
  if (!isPort) return false
  return name.startsWith('*.')
    ? target.host.endsWith(name.slice(1)) && target.host.length > name.length - 1
    : target.host === name
}

/** How a list names exactly this host: on the ports of the web by its name alone. */
export function hostPattern({ host, port }: Target): string {
  return WEB_PORTS.includes(port) ? host : `${host}:${port}`
}

/**
 * `host:port` of a CONNECT, or null. The name comes out as every list and resolver spells it, so `EXAMPLE.org.`,
 * `0x7f.1` and `[::1]` cannot be one thing to the policy and another to the network.
 */
export function parseAuthority(authority: string, defaultPort?: number): Target | null {
  const [, host, port] = /^(\[[0-9a-fA-F:.]+\]|[^[\]:@/?#\s\\%]+)(?::(\d{1,5}))?$/.exec(authority) ?? []
  const portNumber = port === undefined ? defaultPort : Number(port)
  if (host === undefined || portNumber === undefined || portNumber < 1 || portNumber > 65_535) return null
  const name = canonicalHost(host)
  return name === null ? null : { host: name, port: portNumber }
}

/** `host:port` as a URL and a list write it. */
export function formatAuthority({ host, port }: Target): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}

function canonicalHost(host: string): string | null {
  if (!URL.canParse(`http://${host}/`)) return null
  const name = new URL(`http://${host}/`).hostname.replace(/\.$/, '').replace(/^\[(.*)\]$/, '$1')
  return name === '' ? null : name
}

function byList(target: Target, patterns: readonly string[], why: string): HostDecision {
  return patterns.some((pattern) => matchesHost(pattern, target)) ? { kind: 'allowed' } : blocked(target, why)
}

function blocked(target: Target, why: string): HostDecision {
  return { kind: 'blocked', code: 'egress.host-denied', detail: `${formatAuthority(target)}: ${why}.` }
}
