import { registryServerSchema } from '@errand/contracts'
import { expect, test } from 'vitest'
import { CATALOGUE } from './catalogue.ts'
import { fillDraft } from './fillDraft.ts'
import { waysOf } from './registryWays.ts'

const entry = registryServerSchema.parse({
  $schema: 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json',
  name: 'io.github.acme/weather-mcp',
  description: 'Weather',
  version: '1.4.0',
  packages: [
    {
      registryType: 'mcpb',
      identifier: 'https://example.org/x.mcpb',
      fileSha256: 'a'.repeat(64),
      transport: { type: 'stdio' },
    },
    {
      registryType: 'npm',
      identifier: '@acme/weather',
      version: '1.4.0',
      transport: { type: 'stdio' },
      packageArguments: [
        { type: 'positional', valueHint: 'city', isRequired: true, default: 'Bern' },
        { type: 'named', name: '--units', choices: ['metric', 'imperial'], default: 'metric' },
        { type: 'named', name: '--log' },
      ],
      environmentVariables: [
        { name: 'WEATHER_API_KEY', description: 'From your account', isRequired: true, isSecret: true },
        { name: 'CACHE', value: '/tmp/{size}', variables: { size: { default: '1' } } },
      ],
    },
  ],
  remotes: [
    {
      type: 'streamable-http',
      url: 'https://{region}.weather.example/mcp',
      variables: { region: { choices: ['eu', 'us'], isRequired: true } },
      headers: [
        { name: 'Authorization', value: 'Bearer {key}', isRequired: true, isSecret: true, variables: { key: {} } },
      ],
    },
  ],
})

test('an entry becomes a form, the address first and what does not work last', () => {
  const ways = waysOf(entry)
  expect(ways.map(({ spec }) => (spec.type === 'remote' ? spec.url : spec.package.name))).toEqual([
    'https://${region}.weather.example/mcp',
    '@acme/weather',
    'https://example.org/x.mcpb',
  ])
  expect(ways.map(({ name }) => name)).toEqual(['weather', 'weather', 'weather'])
  expect(ways[2]?.notes).toMatchObject([{ level: 'stop' }])
})

test.each([
  ['http://localhost:3001/mcp', [], { port: 3001, path: '/mcp' }, 0],
  ['http://127.0.0.1:{port}/', [{ type: 'named', name: '--port', default: '9000' }], { port: 9000, path: '/' }, 0],
  [undefined, [], { port: 8000, path: '/' }, 1],
])('a package that listens by itself: %s', (url, packageArguments, expected, warnings) => {
  const transport = { type: 'streamable-http', ...(url === undefined ? {} : { url }) }
  const one = { registryType: 'npm', identifier: '@acme/x', version: '1.0.0', packageArguments, transport }
  const [way] = waysOf(registryServerSchema.parse({ ...entry, remotes: [], packages: [one] }))
  expect(way?.spec).toMatchObject({ transport: 'streamable-http', ...expected })
  expect(way?.notes.length).toBe(warnings)
})

test('filled in, a remote way has an address, and its token is a credential', () => {
  const [remote] = waysOf(entry)
  if (remote === undefined) throw new Error('no way')
  expect(fillDraft(remote, { name: 'weather', values: { region: 'eu', key: 'k1' } })).toEqual({
    kind: 'filled',
    spec: {
      type: 'remote',
      url: 'https://eu.weather.example/mcp',
      transport: 'streamable-http',
      headers: {},
      private: false,
      credential: 'weather',
    },
    credentials: [{ name: 'weather', spec: { type: 'bearer' }, value: 'k1' }],
  })
  expect(fillDraft(remote, { name: 'weather', values: { region: 'asia' } })).toEqual({
    kind: 'incomplete',
    problems: { region: 'It is one of eu, us.', key: 'key is needed.' },
  })
})

test('filled in, a package has exactly what was given: an optional flag goes with its value', () => {
  const [, hosted] = waysOf(entry)
  if (hosted === undefined) throw new Error('no way')
  const filled = fillDraft(hosted, { name: 'weather', values: { WEATHER_API_KEY: 's3' } })
  expect(filled).toMatchObject({
    kind: 'filled',
    spec: {
      args: ['Bern', '--units', 'metric'],
      env: { WEATHER_API_KEY: { credential: 'weather-weather-api-key' }, CACHE: '/tmp/1' },
    },
    credentials: [{ name: 'weather-weather-api-key', spec: { type: 'secret' }, value: 's3' }],
  })
  expect(JSON.stringify(filled.kind === 'filled' && filled.spec)).not.toContain('s3')
})

test('a secret in an address or an argument is refused, whatever the entry says', () => {
  const ways = waysOf(
    registryServerSchema.parse({
      name: 'a/b',
      version: '1.0.0',
      remotes: [{ type: 'sse', url: 'https://x.example/{key}', variables: { key: { isSecret: true } } }],
      packages: [
        {
          registryType: 'pypi',
          identifier: 'x',
          packageArguments: [{ type: 'named', name: '--token', isSecret: true }],
        },
      ],
    }),
  )
  expect(ways.map(({ notes }) => notes.map(({ level }) => level))).toEqual([['stop'], ['stop']])
})

test('a credential that is there is not written over, and a sign-in makes one without a value', () => {
  const linear = CATALOGUE.find(({ id }) => id === 'linear')?.ways[0]
  if (linear === undefined) throw new Error('no linear')
  expect(fillDraft(linear, { name: 'linear', values: {}, taken: ['linear'] })).toMatchObject({
    spec: { credential: 'linear-2' },
    credentials: [{ name: 'linear-2', spec: { type: 'oauth', server: 'linear' }, value: null }],
  })
})
