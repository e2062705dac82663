import { Fault, type SignInsAnswer } from '@errand/contracts'
import { type HostWord, settleSignIns } from '@errand/engine'
import { writeJson } from '../answer.ts'
import { type Call, grantOf } from '../call.ts'
import type { GatewayDeps } from '../deps.ts'
import type { NeededSignIn } from '../mcp/heldSignIns.ts'
import { watchGrowth } from '../watchGrowth.ts'

/** A runner asks again at once. */
const WAIT_MS = 10_000
const LOOK_EVERY_MS = 1_000

/** Whether a person has to sign in with an MCP server before the agent can begin. The run waits for them meanwhile. */
export async function waitForSignIns(call: Call, deps: GatewayDeps): Promise<void> {
  const until = performance.now() + WAIT_MS
  const growth = watchGrowth(grantOf(call).runId, call.signal, deps.engine.feed)
  let answer: SignInsAnswer
  try {
    answer = await look(call, deps)
    while (answer.state === 'waiting' && !call.signal.aborted && performance.now() < until) {
      await growth.next(Math.min(LOOK_EVERY_MS, until - performance.now()))
      answer = await look(call, deps)
    }
  } finally {
    growth.close()
  }
  writeJson(call.reply, { status: 200, body: answer })
}

async function look(call: Call, deps: GatewayDeps): Promise<SignInsAnswer> {
  const { orgId, runId } = grantOf(call)
  const servers = await signedInOf(call, deps)
  const needed = servers.flatMap(({ needs }) => needs ?? [])
  const signedIn = servers.filter(({ needs }) => needs === null).map(({ server }) => server)
  if (signedIn.length > 0) await settleSignIns({ run: { orgId, runId }, servers: signedIn }, deps.engine)
  const words = await Promise.all(needed.map(async (one) => ({ ...one, word: await deps.mcp.signIns.ask(one) })))
  const refused = words.find(({ word }) => word.kind === 'refused')
  if (refused !== undefined)
    return { state: 'refused', detail: [`${refused.server}.`, wordsOf(refused.word)].filter(Boolean).join(' ') }
  return { state: words.some(({ word }) => word.kind === 'asked') ? 'waiting' : 'ready' }
}

interface Standing {
  readonly server: string
  /** Null: it needs nobody. What else is wrong with it, a call of it says. */
  readonly needs: NeededSignIn | null
}

/** Of the servers of the run, those that one signs in with. */
async function signedInOf(call: Call, deps: GatewayDeps): Promise<readonly Standing[]> {
  const grant = grantOf(call)
  const found = await Promise.all(
    grant.mcp.map(async ({ name: server, spec }): Promise<Standing | null> => {
      if (spec.type !== 'remote') return null
      const { orgId } = grant
      const credential = spec.credential ?? (await deps.mcp.unsigned.credentialNow({ orgId, name: server, spec }))
      const needs = (fault: Fault) => ({ server, needs: { grant, server, spec, words: fault.detail ?? '' } })
      try {
        if (credential !== null) {
          await deps.mcp.accessToken({ orgId, credential, kind: 'oauth' })
          return { server, needs: null }
        }
      } catch (error) {
        if (!(error instanceof Fault) || error.code !== 'mcp.needs-sign-in') return null
        if (spec.credential !== undefined) return needs(error)
      }
      const refusal = await deps.mcp.unsigned.knock({ orgId, name: server, spec })
      return refusal?.code === 'mcp.needs-sign-in' ? needs(refusal) : null
    }),
  )
  return found.filter((one) => one !== null)
}

function wordsOf(word: HostWord): string | null {
  return word.kind === 'refused' ? word.words : null
}
