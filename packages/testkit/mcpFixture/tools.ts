import { setTimeout as delay } from 'node:timers/promises'
import { type CallToolResult, fromJsonSchema, type McpServer, type ServerContext } from '@modelcontextprotocol/server'
import * as z from 'zod'
import { image, said, text, WAV } from './content.ts'

/** What is told to everybody who listens, beside the answer of a call. */
export interface Changes {
  toolsChanged(): void
  promptsChanged(): void
}

const STEP_MS = 50

/** Those that answer without asking. */
export function addTools(server: McpServer, changes: Changes): void {
  const add = (
    name: string,
    description: string,
    answer: (ctx: ServerContext) => CallToolResult | Promise<CallToolResult>,
  ) => server.registerTool(name, { description }, answer)
  add('test_simple_text', 'Answers with a text.', () => said('This is a simple text response for testing.'))
  add('test_image_content', 'Answers with a picture.', () => ({ content: [image] }))
  add('test_audio_content', 'Answers with a sound.', () => ({
    content: [{ type: 'audio', data: WAV, mimeType: 'audio/wav' }],
  }))
  const embedded = { uri: 'test://embedded-resource', mimeType: 'text/plain' }
  add('test_embedded_resource', 'Answers with a resource.', () => ({
    content: [{ type: 'resource', resource: { ...embedded, text: 'This is an embedded resource content.' } }],
  }))
  const mixed = { uri: 'test://mixed-content-resource', mimeType: 'application/json' }
  add('test_multiple_content_types', 'Answers with several kinds of content.', () => ({
    content: [
      text('Multiple content types test:'),
      image,
      { type: 'resource', resource: { ...mixed, text: JSON.stringify({ test: 'data', value: 123 }) } },
    ],
  }))
  add('test_error_handling', 'Fails.', () => {
    throw new Error('This tool intentionally returns an error for testing')
  })
  add('test_tool_with_logging', 'Logs while it works.', withLogging)
  add('test_logging_tool', 'Logs while it works.', withLogging)
  add('test_tool_with_progress', 'Tells how far it is.', withProgress)
  add('test_trigger_tool_change', 'Says that its tools changed.', () => {
    changes.toolsChanged()
    return said('told')
  })
  add('test_trigger_prompt_change', 'Says that its prompts changed.', () => {
    changes.promptsChanged()
    return said('told')
  })
  server.registerTool(
    'echo',
    { description: 'Says what it is told.', inputSchema: z.object({ text: z.string() }) },
    ({ text: given }) => said(given),
  )
  server.registerTool(
    'test_custom_headers',
    { description: 'Is told where in a header.', inputSchema: fromJsonSchema<{ region: string }>(IN_HEADER) },
    ({ region }) => said(region),
  )
  server.registerTool(
    'json_schema_2020_12_tool',
    { description: 'Has a schema with everything.', inputSchema: fromJsonSchema<Record<string, unknown>>(SCHEMA) },
    (given) => said(JSON.stringify(given)),
  )
}

/** Clients of 2026-07-28 say this argument in a header too. */
const IN_HEADER = {
  type: 'object' as const,
  properties: { region: { type: 'string', 'x-mcp-header': 'Region' }, query: { type: 'string' } },
  required: ['region'],
}

/** Every keyword that a client could lose on the way. */
const SCHEMA = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object' as const,
  $defs: {
    address: {
      $anchor: 'addressDef',
      type: 'object',
      properties: { street: { type: 'string' }, city: { type: 'string' } },
    },
  },
  properties: {
    name: { type: 'string' },
    address: { $ref: '#/$defs/address' },
    contactMethod: { type: 'string', enum: ['phone', 'email'] },
    phone: { type: 'string' },
    email: { type: 'string' },
  },
  allOf: [{ anyOf: [{ required: ['phone'] }, { required: ['email'] }] }],
  if: { properties: { contactMethod: { const: 'phone' } }, required: ['contactMethod'] },
  then: { required: ['phone'] },
  else: { required: ['email'] },
  additionalProperties: false,
}

async function withLogging({ mcpReq }: ServerContext): Promise<CallToolResult> {
  await mcpReq.log('info', 'Tool execution started')
  await delay(STEP_MS)
  await mcpReq.log('info', 'Tool processing data')
  await delay(STEP_MS)
  await mcpReq.log('info', 'Tool execution completed')
  return said('It logged three times.')
}

async function withProgress({ mcpReq }: ServerContext): Promise<CallToolResult> {
  const progressToken = mcpReq._meta?.progressToken
  for (const progress of [0, 50, 100]) {
    if (progress > 0) await delay(STEP_MS)
    if (progressToken === undefined) continue
    await mcpReq.notify({ method: 'notifications/progress', params: { progressToken, progress, total: 100 } })
  }
  return said('It is done.')
}
