import { type HostedRecipe, newId } from '@errand/contracts'
import { expect, test } from 'vitest'
import { serverOf, whyEnded } from './hosted.ts'

const recipe: HostedRecipe = {
  package: { registry: 'npm', name: 'x', version: '1.0.0' },
  args: [],
  env: { PLAIN: 'here', SECRET: { credential: 'later' } },
  transport: 'stdio',
  hosts: [],
  share: 'session',
  idleMinutes: 10,
  memoryMib: 512,
}
const inside = { path: '/bin', home: '/home/agent' }
const installed = { command: ['/bin/node', 'main.js'], env: {} }
const image = { args: ['by-default'], cwd: '/srv', manifest: `sha256:${'a'.repeat(64)}` }

test('a server over standard streams has no port, and no secret is in what starts it', () => {
  const server = serverOf({ ...recipe, args: ['--fast'] }, installed, inside)
  expect(server).toEqual({
    command: ['/bin/node', 'main.js', '--fast'],
    cwd: '/home/agent',
    env: { PATH: '/bin', HOME: '/home/agent', LANG: 'C.UTF-8', TMPDIR: '/tmp', PLAIN: 'here' },
    share: 'session',
  })
})

test.each([
  ['streamable-http', undefined, '/mcp'],
  ['sse', undefined, '/sse'],
  ['streamable-http', '/', '/'],
] as const)('one that speaks %s at %s is told its port', (transport, path, expected) => {
  const server = serverOf({ ...recipe, transport, port: 3001, path }, installed, inside)
  expect(server.http).toEqual({ transport, port: 3001, path: expected })
  expect(server.env['PORT']).toBe('3001')
})

test('arguments take the place of those of an image, and its variables that of ours', () => {
  const bundle = { command: ['/entry'], env: { PATH: '/opt/bin' }, image }
  expect(serverOf(recipe, bundle, inside)).toMatchObject({ command: ['/entry', 'by-default'], cwd: '/srv' })
  const other = serverOf({ ...recipe, args: ['mine'] }, bundle, inside)
  expect(other.command).toEqual(['/entry', 'mine'])
  expect(other.env['PATH']).toBe('/opt/bin')
})

test.each([
  [
    'of its place, however it ended on that',
    { exitCode: 143, code: 'sandbox.deleted', detail: 'Its Job was deleted.' },
    'Its Job was deleted.',
  ],
  ['of its place, where it never began', { exitCode: null, detail: 'No such image.' }, 'No such image.'],
  [
    'of its own, with an exit code',
    { exitCode: 1, detail: 'The sandbox ended with exit code 1: no' },
    'cannot find it',
  ],
] as const)('why it ended is told in words %s', async (_, seen, expected) => {
  const place = { printed: () => Promise.resolve('{"msg":"begins"}\n{"msg":"cannot find it"}\n') }
  const ended = { kind: 'exited', isOutOfMemory: false, ...seen } as const
  expect(await whyEnded(newId('instance', new Date()), ended, place)).toBe(expected)
})
