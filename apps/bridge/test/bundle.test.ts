import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { BridgeBoot } from '@errand/contracts'
import { until } from '@errand/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'

const ROOT = join(import.meta.dirname, '../../..')
let folder = ''
let bundle = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'errand-bridge-'))
  bundle = join(folder, 'bridge.mjs')
  const flags = ['--bundle', '--platform=node', '--target=node24', '--format=esm', `--outfile=${bundle}`]
  const esbuild = ['node_modules/esbuild/bin/esbuild', 'apps/bridge/main.ts', '--log-level=warning', ...flags]
  await promisify(execFile)(process.execPath, esbuild, { cwd: ROOT })
})
afterAll(() => rm(folder, { recursive: true, force: true }))

test('what goes into a sandbox is small and needs nothing beside it', async () => {
  const text = await readFile(bundle, 'utf8')
  const imports = [...text.matchAll(/^(?:import|\} from).*"([^"]+)";$/gm)].map(([, name]) => name ?? '')
  expect(imports.filter((name) => !name.startsWith('node:'))).toEqual([])
  expect(imports).not.toContain('node:http')
  expect(text.length).toBeLessThan(130_000)
})

test('started with a line on standard input it answers on its socket, and ends by itself when nobody asks', async () => {
  const socket = join(folder, 'mcp.sock')
  const boot: BridgeBoot = {
    listen: { kind: 'socket', path: socket },
    gateway: null,
    server: {
      command: [process.execPath, join(import.meta.dirname, 'programs/server.mjs')],
      cwd: '/',
      env: {},
      share: 'session',
    },
    idleMs: 500,
  }
  const child = spawn(process.execPath, [bundle], { stdio: ['pipe', 'inherit', 'pipe'], env: {} })
  const ended = once(child, 'exit')
  child.stdin.write(`${JSON.stringify(boot)}\n`)
  const printed = printedBy(child)
  await until(() => printed().includes('bridge.started'), { what: 'the start' })
  const answer = await post(socket, {
    jsonrpc: '2.0',
    id: 1,
    method: 'initialize',
    params: { protocolVersion: '2025-11-25' },
  })
  expect(answer).toContain('"serverInfo"')
  expect(await ended).toEqual([0, null])
  expect(printed()).toContain('nobody asked for a while')
})

test('without a boot line it says so, and never what the line held', async () => {
  const child = spawn(process.execPath, [bundle], { stdio: ['pipe', 'inherit', 'pipe'], env: {} })
  const printed = printedBy(child)
  const ended = once(child, 'exit')
  child.stdin.end('{"token":"very-secret"\n')
  expect((await ended)[0]).not.toBe(0)
  expect(printed()).toContain('the boot line is not JSON')
  expect(printed()).not.toContain('very-secret')
})

function printedBy({ stderr }: ChildProcess): () => string {
  let text = ''
  stderr?.on('data', (chunk: Buffer) => (text += chunk.toString()))
  return () => text
}

async function post(socketPath: string, body: unknown): Promise<string> {
  const headers = { accept: 'application/json, text/event-stream' }
  const outgoing = request({ socketPath, path: '/mcp', method: 'POST', headers, agent: false })
  outgoing.end(JSON.stringify(body))
  const [incoming] = (await once(outgoing, 'response')) as [AsyncIterable<Buffer>]
  let text = ''
  for await (const part of incoming) text += part.toString()
  return text
}
