import { mcpServerSpecSchema } from '@errand/contracts'
import { expect, test } from 'vitest'
import { groupsOf, valueAt, withValue } from './serverFields.ts'

const hosted = mcpServerSpecSchema.parse({
  type: 'hosted',
  package: { registry: 'npm', name: 'a-mcp', version: '1.0.0' },
  args: ['--a', '--a', 'b c'],
  env: { KEY: { credential: 'a-key' }, LEVEL: 'x=y' },
})
const remote = mcpServerSpecSchema.parse({
  type: 'remote',
  url: 'https://api.githubcopilot.com/mcp/',
  headers: { 'x-team': 'a: b' },
  oauth: { scopes: ['read'], authorizeParams: { prompt: 'consent' } },
})

test.each([
  ['hosted', hosted],
  ['remote', remote],
])('every field of a %s server comes back from its text as it was', (_, spec) => {
  for (const { path, control } of groupsOf(spec).flatMap(({ fields }) => fields)) {
    if (control.kind !== 'line' && control.kind !== 'area') continue
    const value = valueAt(spec, path)
    const read = control.codec.read(control.codec.show(value))
    expect({ path, read }).toEqual({ path, read: { kind: 'value', value: emptyAs(value, read) } })
  }
})

test('a change goes to its place, and what holds nothing any more is taken away', () => {
  expect(withValue(remote, 'github.readonly', true)).toMatchObject({ github: { readonly: true } })
  expect(withValue({ a: 1, oauth: { clientId: 'x' } }, 'oauth.clientId', undefined)).toEqual({ a: 1 })
})

test('GitHub’s own server is asked what it may offer', () => {
  expect(groupsOf(remote).map(({ title }) => title)).toContain('What GitHub offers')
})

/** An empty field stands for what is absent. */
function emptyAs(value: unknown, read: { kind: string; value?: unknown }): unknown {
  return value === undefined || (typeof value === 'object' && value !== null && Object.keys(value).length === 0)
    ? read.value
    : value
}
