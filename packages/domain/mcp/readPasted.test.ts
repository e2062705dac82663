import { expect, test } from 'vitest'
import { readPasted } from './readPasted.ts'
import type { ServerDraft } from './serverDraft.ts'

function one(text: string): ServerDraft {
  const pasted = readPasted(text)
  if (pasted.kind !== 'servers') throw new Error(pasted.words)
  const [draft] = pasted.servers
  if (draft === undefined || pasted.servers.length > 1) throw new Error(`${pasted.servers.length} servers`)
  return draft
}

const levels = (draft: ServerDraft) => draft.notes.map((each) => each.level)
const asked = (draft: ServerDraft) =>
  draft.inputs.map(
    (input) =>
      `${input.id}${input.isSecret ? ' (secret)' : ''}${input.value === undefined ? '' : '='}${input.value ?? ''}`,
  )

test.each([
  ['https://mcp.linear.app/mcp', 'linear', 'streamable-http', false],
  ['https://mcp.notion.com/sse', 'notion', 'sse', false],
  ['http://10.0.0.7:8080/mcp', '10-0-0-7', 'streamable-http', true],
  ['http://localhost:3000/mcp', 'localhost', 'streamable-http', true],
  ['https://tools.internal/mcp', 'tools', 'streamable-http', true],
])('an address: %s', (address, name, transport, isPrivate) => {
  expect(one(address)).toMatchObject({ name, spec: { type: 'remote', url: address, transport, private: isPrivate } })
})

test('no secret stays in an address', () => {
  const draft = one('https://user:hunter2@mcp.example.org/mcp?api_key=abc&team=7')
  expect(draft.spec).toMatchObject({ url: 'https://mcp.example.org/mcp?team=7' })
  expect(asked(draft)).toEqual([`Authorization (secret)=${btoa('user:hunter2')}`])
  expect(levels(draft)).toContain('warning')
})

test('the page of a repository is no server', () => {
  expect(levels(one('https://github.com/github/github-mcp-server'))).toEqual(['stop'])
})

test('the JSON of a README, with what it says to replace', () => {
  const draft = one(`\`\`\`json
    { "mcpServers": { "GitHub": {
        "command": "docker", // in a container
        "args": ["run", "-i", "--rm", "-v", "/a:/b", "-e", "GITHUB_PERSONAL_ACCESS_TOKEN", "ghcr.io/github/github-mcp-server:v1.2.3", "--read-only"],
        "env": { "GITHUB_PERSONAL_ACCESS_TOKEN": "<YOUR_TOKEN>", "LOG": "debug" },
    } } }
  \`\`\``)
  expect(draft.name).toBe('github')
  expect(draft.spec).toEqual({
    type: 'hosted',
    package: { registry: 'oci', name: 'ghcr.io/github/github-mcp-server', version: 'v1.2.3' },
    args: [['--read-only']],
    env: { GITHUB_PERSONAL_ACCESS_TOKEN: '${GITHUB_PERSONAL_ACCESS_TOKEN}', LOG: 'debug' },
    transport: 'stdio',
    hosts: [],
  })
  expect(asked(draft)).toEqual(['GITHUB_PERSONAL_ACCESS_TOKEN (secret)'])
  expect(levels(draft)).toEqual(['warning', 'warning'])
})

test('VS Code, with its inputs', () => {
  const draft = one(`{
    "inputs": [{ "type": "promptString", "id": "token", "description": "A key", "password": true }],
    "servers": { "acme": { "type": "http", "url": "https://mcp.acme.example/mcp", "headers": { "Authorization": "Bearer \${input:token}" } } }
  }`)
  expect(draft.spec).toMatchObject({ headers: { Authorization: 'Bearer ${token}' } })
  expect(draft.inputs).toEqual([{ id: 'token', label: 'token', help: 'A key', isRequired: true, isSecret: true }])
})

test('several at once, and the inner part of an object alone', () => {
  const pasted = readPasted('"a": {"command":"npx","args":["-y","a-mcp@1.0.0"]}, "b": {"url":"https://b.example/mcp"},')
  expect(pasted.kind === 'servers' && pasted.servers.map(({ name }) => name)).toEqual(['a', 'b'])
})

test('a program that only bridges to an address is left out', () => {
  const draft = one('{"linear":{"command":"npx","args":["-y","mcp-remote@latest","https://mcp.linear.app/sse"]}}')
  expect(draft.spec).toMatchObject({ type: 'remote', url: 'https://mcp.linear.app/sse', transport: 'sse' })
})

test('its headers come along, with the token that stands beside', () => {
  const draft = one(
    `{"x":{"command":"npx","args":["mcp-remote","https://x.example/mcp","--header","Authorization: Bearer \${T}"],"env":{"T":"abc123"}}}`,
  )
  expect(draft.spec).toMatchObject({ headers: { Authorization: 'Bearer ${Authorization}' } })
  expect(asked(draft)).toEqual(['Authorization (secret)=abc123'])
})

test.each([
  ['claude mcp add --transport http linear https://mcp.linear.app/mcp', { name: 'linear', spec: { type: 'remote' } }],
  [
    'claude mcp add --scope user --transport sse asana https://mcp.asana.com/x --header "X-Team: 7"',
    { name: 'asana', spec: { transport: 'sse', headers: { 'X-Team': '7' } } },
  ],
  [
    '$ claude mcp add \\\n  my_Server -e API_KEY=sk-123 \\\n  -- npx -y @acme/mcp-server@2.0.1 --port 3',
    { name: 'my-server', spec: { package: { name: '@acme/mcp-server', version: '2.0.1' }, args: [['--port'], ['3']] } },
  ],
  [
    'claude mcp add-json box \'{"command":"uvx","args":["box-mcp==1.2"]}\'',
    { name: 'box', spec: { package: { registry: 'pypi', version: '1.2' } } },
  ],
  ['claude mcp add slack https://mcp.slack.com/mcp --client-id 1.2', { spec: { oauth: { clientId: '1.2' } } }],
  ['codex mcp add figma --url https://mcp.figma.com/mcp', { name: 'figma', spec: { type: 'remote' } }],
  ['claude mcp add files npx -y server-files@1.0.0 /tmp', { name: 'files', spec: { args: [['/tmp']] } }],
])('%s', (line, draft) => {
  expect(one(line)).toMatchObject(draft)
})

test.each([
  [
    'npx -y @modelcontextprotocol/server-everything@2026.8.31',
    'npm',
    '@modelcontextprotocol/server-everything',
    '2026.8.31',
    'everything',
  ],
  ['npx @playwright/mcp@latest --headless', 'npm', '@playwright/mcp', '${version}', 'playwright'],
  ['uvx mcp-server-fetch', 'pypi', 'mcp-server-fetch', '${version}', 'fetch'],
  ['uv tool run mcp-server-git==2026.10.19', 'pypi', 'mcp-server-git', '2026.10.19', 'git'],
  ['python -m mcp_server_time', 'pypi', 'mcp-server-time', '${version}', 'time'],
  ['cmd /c npx -y thing-mcp@1.0.0', 'npm', 'thing-mcp', '1.0.0', 'thing'],
  ['docker run --rm -i mcp/time@sha256:' + 'a'.repeat(64), 'oci', 'mcp/time', `sha256:${'a'.repeat(64)}`, 'time'],
])('%s', (line, registry, name, version, called) => {
  expect(one(line)).toMatchObject({ name: called, spec: { package: { registry, name, version } } })
})

test('the program of a package with another name is kept', () => {
  expect(one('uvx --from acme-tools==1.0.0 acme-mcp --fast').spec).toMatchObject({
    package: { name: 'acme-tools', bin: 'acme-mcp' },
    args: [['--fast']],
  })
})

test('variables in front of a command are its environment', () => {
  const draft = one("API_TOKEN='abc' REGION=eu npx -y acme-mcp@1.0.0")
  expect(draft.spec).toMatchObject({ env: { API_TOKEN: '${API_TOKEN}', REGION: 'eu' } })
  expect(asked(draft)).toEqual(['API_TOKEN (secret)=abc'])
})

test.each([
  'node /home/me/server/build/index.js',
  'uv --directory /x run server.py',
  'npx -y ./server',
  'uvx --from git+https://github.com/a/b b',
])('%s is on no one else’s machine: refused with a way out', (line) => {
  expect(levels(one(line))).toContain('stop')
})

test.each([
  'npx -y x-mcp@1.0.0 --api-key=sk-1234',
  'npx -y x-mcp@1.0.0 --api-key sk-1234',
  'npx -y pg@1.0.0 postgresql://u:p@h/db',
])('%s: a secret is never an argument', (line) => {
  const draft = one(line)
  expect(levels(draft)).toEqual(['stop'])
})

test('what only stands for an argument is asked for', () => {
  expect(asked(one('npx -y server-files@1.0.0 /path/to/folder "<project id>"'))).toEqual(['path', 'project-id'])
})

test.each(['', 'hello there', '{"mcpServers": {', '{"a": 1}', 'npx "unclosed', 'npx'])(
  '%j is told what would do',
  (text) => {
    const pasted = readPasted(text)
    expect(pasted.kind === 'unreadable' && pasted.words.length > 20).toBe(true)
  },
)
