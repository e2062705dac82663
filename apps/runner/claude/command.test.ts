import type { ServerOfRun } from '@errand/contracts'
import { expect, test } from 'vitest'
import { claudeEnv } from './command.ts'

const places = {
  modelOrigin: 'http://127.0.0.1:1',
  mcpOrigin: 'http://127.0.0.1:1/mcp',
  systemPromptFile: '/tmp/system',
  sessionId: 'one',
  workspace: '/workspace',
  isHolding: false,
  isRoot: false,
}
const remote = { server: 'tracker', callMs: 1_000 }

test('a server that has to be installed first is waited for as long as that may take', () => {
  const startOf = (...mcp: ServerOfRun[]) => claudeEnv(places, { mcp })['MCP_TIMEOUT']
  expect(startOf(remote)).toBe('60000')
  expect(startOf(remote, { server: 'clock', callMs: 1_000, startMs: 330_000 })).toBe('330000')
})
