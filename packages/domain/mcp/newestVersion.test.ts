import { expect, test } from 'vitest'
import { fillDraft } from './fillDraft.ts'
import { withNewest, withoutVersion } from './newestVersion.ts'
import { readPasted } from './readPasted.ts'

function draftOf(text: string) {
  const pasted = readPasted(text)
  if (pasted.kind !== 'servers' || pasted.servers[0] === undefined) throw new Error(`${text} was not read`)
  return pasted.servers[0]
}

test.each([
  ['npx -y @acme/mcp', { registry: 'npm', name: '@acme/mcp' }],
  ['npx -y @acme/mcp@latest', { registry: 'npm', name: '@acme/mcp' }],
  ['npx -y @acme/mcp@1.2.3', null],
  ['uvx mcp-server-time', { registry: 'pypi', name: 'mcp-server-time' }],
  ['docker run -i acme/mcp', null],
  ['node server.js', null],
  ['https://mcp.example.org/mcp', null],
])('whose newest version is to be looked up: %s', (text, expected) => {
  expect(withoutVersion(draftOf(text))).toEqual(expected)
  expect(withoutVersion(draftOf(text), { version: '1.0.0' })).toBeNull()
})

test('the newest stands there until a person writes another', () => {
  const draft = withNewest(draftOf('npx -y @acme/mcp'), { kind: 'found', version: '2.0.1' })
  const versionOf = (values: Readonly<Record<string, string>>) => {
    const filled = fillDraft(draft, { name: 'acme', values })
    return filled.kind === 'filled' && filled.spec.type === 'hosted' ? filled.spec.package.version : filled
  }
  expect(versionOf({})).toBe('2.0.1')
  expect(versionOf({ version: '1.9.0' })).toBe('1.9.0')
  expect(versionOf({ version: '' })).toEqual({ kind: 'incomplete', problems: { version: 'Version is needed.' } })
  for (const kind of ['asked', 'unknown'] as const) {
    const without = withNewest(draftOf('npx -y @acme/mcp'), { kind })
    expect(fillDraft(without, { name: 'acme', values: {} }).kind).toBe('incomplete')
    expect(fillDraft(without, { name: 'acme', values: { version: '1.0.0' } }).kind).toBe('filled')
  }
})

test('an image without a tag is its newest, as it is for Docker, and is said to be pinned', () => {
  const draft = draftOf('docker run -i --rm acme.example/mcp')
  expect(draft.spec).toMatchObject({ package: { registry: 'oci', name: 'acme.example/mcp', version: 'latest' } })
  expect(draft.notes.map(({ words }) => words).join()).toMatch(/pins the digest/)
})
