import { describe, expect, test } from 'vitest'
import { decideHost, formatAuthority, matchesHost, parseAuthority, type HostRules } from './hostPolicy.ts'

const MATCHES = {
  'a name on the web ports': {
    pattern: 'example.org',
    yes: ['example.org:443', 'example.org:80'],
    no: ['example.org:22', 'www.example.org:443', 'badexample.org:443', 'example.org.evil.test:443'],
  },
  'everything below a name, not itself': {
    pattern: '*.example.org',
    yes: ['a.example.org:443', 'a.b.example.org:80'],
    no: ['example.org:443', 'aexample.org:443', 'a.example.org:8443'],
  },
  'a port': { pattern: 'example.org:8443', yes: ['example.org:8443'], no: ['example.org:443', 'example.org:84'] },
  'a port below a name': { pattern: '*.example.org:8443', yes: ['x.example.org:8443'], no: ['x.example.org:443'] },
  'any case': { pattern: 'Example.ORG', yes: ['EXAMPLE.org:443', 'example.org.:443'], no: [] },
  'an address': {
    pattern: '192.0.2.7:4873',
    yes: ['192.0.2.7:4873', '0xc0.0.2.7:4873'],
    no: ['192.0.2.7:80', '192.0.2.70:4873'],
  },
}

describe.each(Object.entries(MATCHES))('a pattern covers %s', (_, { pattern, yes, no }) => {
  test.each(yes)(`${pattern} covers %s`, (authority) => expect(covers(pattern, authority)).toBe(true))
  test.each(no)(`${pattern} does not cover %s`, (authority) => expect(covers(pattern, authority)).toBe(false))
})

const rules: Omit<HostRules, 'network'> = {
  hosts: ['agent.example'],
  trustedHosts: ['trusted.example', '*.registry.example'],
}
const LEVELS = {
  none: { 'agent.example:443': false, 'trusted.example:443': false, 'other.example:443': false },
  custom: { 'agent.example:443': true, 'trusted.example:443': false, 'other.example:443': false },
  trusted: {
    'agent.example:443': true,
    'trusted.example:443': true,
    'a.registry.example:443': true,
    'trusted.example:22': false,
    'other.example:443': false,
  },
  full: { 'agent.example:443': true, 'other.example:443': true, 'other.example:5432': true },
} as const

describe.each(Object.entries(LEVELS))('level %s', (network, table) => {
  test.each(Object.entries(table))('%s allowed: %s', (authority, isAllowed) => {
    const decision = decideHost(target(authority), { ...rules, network: network as keyof typeof LEVELS })
    expect(decision.kind).toBe(isAllowed ? 'allowed' : 'blocked')
  })
})

test('a refusal names the host, the port and the reason', () => {
  expect(decideHost(target('other.example:443'), { ...rules, network: 'custom' })).toEqual({
    kind: 'blocked',
    code: 'egress.host-denied',
    detail: 'other.example:443: it is not among the hosts of the agent.',
  })
})

describe('an authority', () => {
  const SPELLINGS = {
    'EXAMPLE.org:443': 'example.org:443',
    'example.org.:443': 'example.org:443',
    '[::1]:80': '[::1]:80',
    '[0:0::1]:80': '[::1]:80',
    '0x7f.1:80': '127.0.0.1:80',
    '2130706433:80': '127.0.0.1:80',
    'bücher.example:443': 'xn--bcher-kva.example:443',
  }
  test.each(Object.entries(SPELLINGS))('%s is read as %s', (authority, canonical) => {
    expect(formatAuthority(target(authority))).toBe(canonical)
  })

  test.each([
    '',
    'example.org',
    ':443',
    'example.org:',
    'example.org:0',
    'example.org:65536',
    'user@example.org:443',
    'example.org/x:443',
    'http://example.org:443',
    '::1:80',
    'a b:80',
    '[::1]',
    'exa%6dple.org:443',
    '.:80',
  ])('%j is none', (authority) => {
    expect(parseAuthority(authority)).toBeNull()
  })
})

function covers(pattern: string, authority: string): boolean {
  return matchesHost(pattern, target(authority))
}

function target(authority: string) {
  const parsed = parseAuthority(authority)
  if (parsed === null) throw new Error(`not an authority: ${authority}`)
  return parsed
}
