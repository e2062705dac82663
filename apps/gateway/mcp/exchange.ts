import { Fault, type McpServerId, type McpServerSpec, type McpUse } from '@errand/contracts'
import type { ToolDecision } from '@errand/domain'
import type { EventReply } from './eventReply.ts'
import type { Call } from '../call.ts'
import type { SentToken } from './injectMcpCredential.ts'
import type { McpMessage, ToolCall } from './message.ts'
import type { OpenCall } from './callRecords.ts'

/** A call of MCP traffic, as its stages fill it. */
export interface McpExchange {
  readonly server: {
    readonly id: McpServerId
    readonly name: string
    readonly version: number
    readonly spec: McpServerSpec
  }
  readonly use: McpUse
  /** Null for GET and DELETE; these three are set by `readMcpMessage`. */
  body: Buffer | null
  message: McpMessage | null
  /** Set for a call of a tool. */
  toolCall: ToolCall | null
  /** Set by `checkToolPolicy`: what was decided, and whether its server says that more than one call of it changes nothing. */
  decision: ToolDecision | null
  isRepeatable: boolean
  /** The token that was sent, where it was made here; set by `injectMcpCredential`. */
  token: SentToken | null
  /** A person has to sign in first, which the call waits for; set by `injectMcpCredential`. */
  needsSignIn: Fault | null
  /** Begun while a person is waited for: the answer of the server becomes its last event. */
  reply: EventReply | null
  /** Where it goes on record as it begins; set by `onceOnly`. */
  record: OpenCall | null
  /** Of its progress, counted. */
  beats: number
}

/** The exchange of a call whose message was read. */
export function exchangeOf(call: Call): McpExchange {
  if (call.mcp === null)
    throw new Fault('internal.error', undefined, { cause: new Error('a stage ran before readMcpMessage') })
  return call.mcp
}
