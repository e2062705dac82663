import { expect, test } from 'vitest'
import { imagePlace } from './imagePlace.ts'

test.each([
  ['mcp/time', 'https://registry-1.docker.io', 'mcp/time'],
  ['alpine', 'https://registry-1.docker.io', 'library/alpine'],
  ['docker.io/alpine', 'https://registry-1.docker.io', 'library/alpine'],
  ['registry.example/acme/tools/server', 'https://registry.example', 'acme/tools/server'],
  ['registry.example:5000/server', 'https://registry.example:5000', 'server'],
  ['127.0.0.1:5000/acme/server', 'http://127.0.0.1:5000', 'acme/server'],
  ['localhost/server', 'http://localhost', 'server'],
])('the image %s lies at %s', (name, origin, repository) => {
  expect(imagePlace(name)).toEqual({ origin, repository })
})

test.each([
  'registry.example/../v2/x',
  'registry.example/a/../../x',
  'a b',
  'UPPER/case',
  'registry.example/',
  'x/?a=b',
])('%s is no image', (name) => {
  expect(imagePlace(name)).toBeNull()
})
