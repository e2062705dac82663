import { expect, test } from 'vitest'
import { imagePlace } from './imagePlace.ts'

const REGISTRIES = [
  { name: 'hub.example', origin: 'https://registry.hub.example' },
  { name: 'mirrored.example', origin: 'https://mirror.example:8443' },
]

test.each([
  ['mcp/time', 'https://registry.hub.example', 'mcp/time'],
  ['time', 'https://registry.hub.example', 'library/time'],
  ['hub.example/time', 'https://registry.hub.example', 'library/time'],
  ['mirrored.example/time', 'https://mirror.example:8443', 'time'],
  ['registry.example/acme/tools/server', 'https://registry.example', 'acme/tools/server'],
  ['registry.example:5000/server', 'https://registry.example:5000', 'server'],
  ['127.0.0.1:5000/acme/server', 'http://127.0.0.1:5000', 'acme/server'],
  ['localhost/server', 'http://localhost', 'server'],
])('the image %s lies at %s', (name, origin, repository) => {
  expect(imagePlace(name, REGISTRIES)).toEqual({ kind: 'place', origin, repository })
})

test('a name without a registry means none where none is set', () => {
  expect(imagePlace('mcp/time', [])).toEqual({ kind: 'no-registry' })
  expect(imagePlace('registry.example/time', [])).toMatchObject({ origin: 'https://registry.example' })
})

test.each([
  'registry.example/../v2/x',
  'registry.example/a/../../x',
  'a b',
  'UPPER/case',
  'registry.example/',
  'x/?a=b',
])('%s is no image', (name) => {
  expect(imagePlace(name, REGISTRIES)).toEqual({ kind: 'no-name' })
})
