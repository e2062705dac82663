import { type Answer, CallError, errorOf } from './callError.ts'

export interface Call {
  readonly type: 'query' | 'mutation'
  readonly path: string
  readonly input: unknown
  readonly signal?: AbortSignal | undefined
}

export type Ask = (call: Call) => Promise<unknown>

interface Waiting extends Call {
  readonly resolve: (data: unknown) => void
  readonly reject: (error: CallError) => void
}

/** Proxies and servers cut longer ones off. */
const MAX_URL_CHARS = 2000

/**
 * tRPC's requests over HTTP: what is asked in one go travels together, as far as an address is long. What can be called
 * off travels alone. The procedures are `packages/surfaces`; their types are tRPC's own.
 */
export function askInBatches({ url, headers = {} }: { url: string; headers?: Record<string, string> }): Ask {
  let waiting: Waiting[] = []
  const sendAll = () => {
    const calls = waiting
    waiting = []
    for (const batch of batchesOf(calls, url)) void send(batch, { url, headers })
  }
  return (call) =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0) setTimeout(sendAll)
      waiting.push({ ...call, resolve, reject })
    })
}

function batchesOf(calls: readonly Waiting[], url: string): Waiting[][] {
  const batches: Waiting[][] = []
  const last: { query?: Waiting[]; mutation?: Waiting[] } = {}
  for (const call of calls) {
    const batch = call.signal === undefined ? last[call.type] : undefined
    if (batch !== undefined && addressOf([...batch, call], url).length <= MAX_URL_CHARS) {
      batch.push(call)
      continue
    }
    const next = [call]
    batches.push(next)
    if (call.signal === undefined) last[call.type] = next
  }
  return batches
}

function addressOf(calls: readonly Call[], url: string): string {
  const path = `${url}/${calls.map((call) => call.path).join(',')}?batch=1`
  return calls[0]?.type === 'query' ? `${path}&input=${encodeURIComponent(inputsOf(calls))}` : path
}

function inputsOf(calls: readonly Call[]): string {
  return JSON.stringify(Object.fromEntries(calls.map(({ input }, index) => [index, input])))
}

async function send(
  calls: readonly Waiting[],
  { url, headers }: { url: string; headers: Record<string, string> },
): Promise<void> {
  try {
    const request: RequestInit =
      calls[0]?.type === 'query'
        ? { headers }
        : { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body: inputsOf(calls) }
    const answer = await fetch(addressOf(calls, url), { ...request, signal: calls[0]?.signal ?? null })
    // Of a page of words that somebody between us wrote, this throws.
    const told = (await answer.json()) as Answer | readonly Answer[]
    for (const [index, call] of calls.entries()) settle(call, (Array.isArray(told) ? told[index] : told) ?? {})
  } catch (cause) {
    for (const { reject } of calls) reject(new CallError('No answer from the server', { cause }))
  }
}

function settle({ resolve, reject }: Waiting, answer: Answer): void {
  if (answer.result === undefined) reject(errorOf(answer))
  else resolve(answer.result.data)
}
