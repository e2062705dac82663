import { Fault, HELD_HEADER } from '@errand/contracts'
import { type Call, grantOf, responseOf } from '../call.ts'
import type { GatewayDeps } from '../deps.ts'
import { againOf } from './again.ts'
import { EventReply } from './eventReply.ts'
import { exchangeOf } from './exchange.ts'
import { addCredential, waitsForSignIn } from './injectMcpCredential.ts'

/** Clients take five minutes of silence for an end; comments do not count for them, progress does. */
const PROGRESS_EVERY_MS = 20_000

/**
 * A call whose gateway went away is said to be held before anything is done with it: so its runner knows of one that
 * breaks off without a head that nobody has heard of it, and makes it once more.
 */
export function holdAgain(call: Call): void {
  if (againOf(call) === 'held') hold(call)
}

/** Another gateway had it before, which may have asked. */
function isAnother(call: Call): boolean {
  const again = againOf(call)
  return again === 'held' || again === 'cut'
}

/** Waits for a person where the policy says so. Fault `mcp.tool-denied`. */
export async function askPerson(call: Call, deps: GatewayDeps): Promise<void> {
  const { server, toolCall, decision } = exchangeOf(call)
  if (toolCall === null || decision?.verdict !== 'ask') return
  const { tool, arguments: given } = toolCall
  const { rule } = decision
  const isAgain = isAnother(call)
  const use = { grant: grantOf(call), server: server.name, tool, arguments: given, rule, isAgain }
  await withProgress(call, 'Waiting for a person to allow this.', (onAsked) =>
    deps.mcp.held.wait({ ...use, signal: call.signal, onAsked }),
  )
}

/** What a server asks for again and again, a person is not going to give. */
const MAX_SIGN_INS = 3

/**
 * Sends with what a sign-in brought; where a person has to sign in first, or to grant more, the call waits for them and
 * goes on. Fault `mcp.needs-sign-in` when nobody does.
 */
export async function withSignIn<T>(call: Call, send: () => Promise<T>, deps: GatewayDeps): Promise<T> {
  const exchange = exchangeOf(call)
  if (exchange.needsSignIn === null && isAnother(call)) {
    // Somebody may have signed in while no gateway was there to see it.
    await deps.mcp.signIns.settle(grantOf(call), exchange.server.name)
  }
  for (let left = MAX_SIGN_INS; ; left--) {
    try {
      if (exchange.needsSignIn !== null) throw exchange.needsSignIn
      return await send()
    } catch (error) {
      if (left === 0 || !waitsForSignIn(call, error)) throw error
      exchange.needsSignIn = null
      await waitForSignIn(call, error.detail ?? '', deps)
      await addCredential(call, deps)
    }
  }
}

async function waitForSignIn(call: Call, words: string, deps: GatewayDeps): Promise<void> {
  const { server } = exchangeOf(call)
  const { spec, name } = server
  if (spec.type !== 'remote') throw new Fault('mcp.needs-sign-in', words)
  const needed = { grant: grantOf(call), server: name, spec, words }
  await withProgress(call, `Waiting for a person to sign in with ${name}.`, (onAsked) =>
    deps.mcp.signIns.wait(needed, { signal: call.signal, onAsked }),
  )
}

/**
 * While a person is waited for the client hears that it goes on: the answer becomes a stream of events, whose last is the
 * answer of the server.
 */
async function withProgress(call: Call, words: string, wait: (onAsked: () => void) => Promise<void>): Promise<void> {
  const exchange = exchangeOf(call)
  const { message } = exchange
  const beat = () => {
    const progressToken = message?.progressToken ?? null
    if (exchange.reply === null || progressToken === null) return
    const params = { progressToken, progress: ++exchange.beats, message: words }
    void exchange.reply.send({ jsonrpc: '2.0', method: 'notifications/progress', params })
  }
  const timer = setInterval(beat, PROGRESS_EVERY_MS)
  try {
    await wait(() => {
      hold(call)
      beat()
    })
  } finally {
    clearInterval(timer)
  }
}

/** Begins an answer of events, for a client that takes them. */
function hold(call: Call): void {
  const exchange = exchangeOf(call)
  const takesEvents = String(call.request.headers.accept ?? '').includes('text/event-stream')
  if (takesEvents && exchange.message?.id !== null)
    exchange.reply ??= new EventReply(responseOf(call), { [HELD_HEADER]: 'yes' })
}
