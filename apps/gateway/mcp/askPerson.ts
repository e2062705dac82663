import { type Call, grantOf, responseOf } from '../call.ts'
import type { GatewayDeps } from '../deps.ts'
import { EventReply } from './eventReply.ts'
import { exchangeOf } from './exchange.ts'

/** Clients take five minutes of silence for an end; comments do not count for them, progress does. */
const PROGRESS_EVERY_MS = 20_000

/**
 * Waits for a person where the policy says so. Meanwhile the client hears that it goes on: the answer becomes a stream
 * of events, whose last is the answer of the server. Fault `mcp.tool-denied`.
 */
export async function askPerson(call: Call, deps: GatewayDeps): Promise<EventReply | null> {
  const { server, toolCall, decision, message } = exchangeOf(call)
  if (toolCall === null || decision?.verdict !== 'ask') return null
  const takesEvents = String(call.request.headers.accept ?? '').includes('text/event-stream')
  let reply: EventReply | null = null
  let beats = 0
  const beat = () => {
    const { progressToken } = toolCall
    if (reply === null || progressToken === null) return
    const params = { progressToken, progress: ++beats, message: 'Waiting for a person to allow this.' }
    void reply.send({ jsonrpc: '2.0', method: 'notifications/progress', params })
  }
  const timer = setInterval(beat, PROGRESS_EVERY_MS)
  try {
    await deps.mcp.held.wait({
      grant: grantOf(call),
      server: server.name,
      tool: toolCall.tool,
      arguments: toolCall.arguments,
      signal: call.signal,
      onAsked: () => {
        if (!takesEvents || message?.id === null) return
        reply = new EventReply(responseOf(call))
        beat()
      },
    })
    return reply
  } finally {
    clearInterval(timer)
  }
}
