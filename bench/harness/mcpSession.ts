import { setTimeout as delay } from 'node:timers/promises'
import { Agent, type IncomingMessage, request as httpRequest } from 'node:http'

export interface McpPlace {
  readonly at: { readonly socketPath: string } | { readonly host: string; readonly port: number }
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
}

export interface McpSession {
  /** One call of the tool `echo`: how long until the whole answer was there. */
  call(): Promise<number>
  /** The stream that a client keeps open for what the server may have to say. */
  listen(): Promise<void>
  close(): void
}

/** A client of 2025-11-25 over one connection, as light as can be: it must not cost more than what is measured. */
export async function openMcpSession({ at, path, headers = {} }: McpPlace): Promise<McpSession> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const listening: IncomingMessage[] = []
  let session: Record<string, string> = {}
  const post = (message: object) => {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage & { text: string }>()
    const body = JSON.stringify({ jsonrpc: '2.0', ...message })
    const outgoing = httpRequest({
      ...at,
      agent,
      method: 'POST',
      path,
      headers: { ...sent(), 'content-length': body.length },
    })
    outgoing.once('error', reject)
    outgoing.once('response', (answer) => {
      let text = ''
      answer.setEncoding('utf8')
      answer.on('data', (part: string) => (text += part))
      answer.once('end', () => resolve(Object.assign(answer, { text })))
      answer.once('error', reject)
    })
    outgoing.end(body)
    return promise
  }
  const sent = () => ({
    ...headers,
    ...session,
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
  })
  const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'bench', version: '1' } }
  const opened = await post({ id: 0, method: 'initialize', params })
  const id = opened.headers['mcp-session-id']
  session = { 'mcp-protocol-version': '2025-11-25', ...(typeof id === 'string' ? { 'mcp-session-id': id } : {}) }
  await post({ method: 'notifications/initialized' })
  let last = 0
  return {
    async call() {
      const text = `words ${++last}`
      const use = { _meta: { 'claudecode/toolUseId': `toolu_${String(id)}_${last}` } }
      const since = performance.now()
      const answer = await post({
        id: last,
        method: 'tools/call',
        params: { name: 'echo', arguments: { text }, ...use },
      })
      const ms = performance.now() - since
      if (answer.statusCode !== 200 || !answer.text.includes(text)) throw new Error(answer.text)
      return ms
    },
    async listen() {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const outgoing = httpRequest({
        ...at,
        agent: false,
        method: 'GET',
        path,
        headers: { ...sent(), accept: 'text/event-stream' },
      })
      outgoing.once('error', reject)
      outgoing.once('response', (answer) => {
        listening.push(answer)
        answer.resume()
        answer.on('error', () => undefined)
        resolve()
      })
      outgoing.end()
      await promise
    },
    close() {
      for (const answer of listening) answer.destroy()
      agent.destroy()
    },
  }
}

/** Each session calls, waits for its answer and calls again: at once, or every so often. */
export async function callInTurns(sessions: readonly McpSession[], callsEach: number, everyMs: number | null = null) {
  const since = performance.now()
  const each = await Promise.all(
    sessions.map(async (session, n) => {
      const took: number[] = []
      for (let call = 0; call < callsEach; call++) {
        const early = everyMs === null ? 0 : since + (call + n / sessions.length) * everyMs - performance.now()
        if (early > 0) await delay(early)
        took.push(await session.call())
      }
      return took
    }),
  )
  return { ms: each.flat(), callsPerSecond: (each.flat().length * 1000) / (performance.now() - since) }
}
