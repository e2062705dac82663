import { Fault, FAULT_CODES, idSchema, newId, type OrgId, type RequestId } from '@errand/contracts'
import {
  answerRequest,
  findAnswer,
  findCredential,
  insertGatewayRequest,
  type Queryable,
  takeOpenRequests,
} from '@errand/store'
import * as z from 'zod'
import type { Actor, EngineDeps } from '../deps.ts'
import { bellFor } from '../run/bell.ts'
import { DEMO_CREDENTIAL } from './builtins.ts'
import type { GatewayAnswer, GatewayRequest, GatewayRequestBody } from './types.ts'

const askSchema = z.object({
  runId: idSchema('run'),
  repository: z.string(),
  branch: z.string(),
  base: z.string().nullable(),
  title: z.string(),
  body: z.string(),
  isDraft: z.boolean(),
  by: idSchema('user'),
  byName: z.string(),
})
const imageSchema = z.object({
  registry: z.literal('oci'),
  name: z.string(),
  version: z.string(),
  credential: z.string().optional(),
})
const bodySchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('credential.test'), name: z.string(), version: z.int() }),
  z.object({ kind: z.literal('repository.remove'), name: z.string() }),
  z.object({ kind: z.literal('pull.open'), ask: askSchema }),
  z.object({ kind: z.literal('pull.look'), id: idSchema('pull') }),
  z.object({ kind: z.literal('mcp.test'), server: z.string() }),
  z.object({
    kind: z.literal('mcp.call'),
    server: z.string(),
    tool: z.string(),
    arguments: z.record(z.string(), z.unknown()),
    by: idSchema('user'),
  }),
  z.object({ kind: z.literal('mcp.sign-in'), credential: z.string(), origin: z.string(), by: z.string() }),
  z.object({ kind: z.literal('mcp.exchange'), credential: z.string() }),
  z.object({ kind: z.literal('mcp.sign-out'), credential: z.string() }),
  z.object({ kind: z.literal('repository.branches'), repository: z.string(), isFresh: z.boolean() }),
  z.object({ kind: z.literal('registry.search'), text: z.string() }),
  z.object({ kind: z.literal('image.resolve'), package: imageSchema }),
  z.object({ kind: z.literal('package.newest'), registry: z.enum(['npm', 'pypi']), name: z.string() }),
])
const answerSchema = z.object({
  ok: z.boolean(),
  words: z.string(),
  ms: z.number(),
  code: z.enum(FAULT_CODES).optional(),
  detail: z.string().optional(),
  value: z.unknown().optional(),
})

/** A model may think for a while before its first word. */
const TEST_DEADLINE_MS = 90_000
/** What nobody waits for is still done when the gateway was away for a day. */
const TOLD_DEADLINE_MS = 86_400_000
const SLOW_LOOK_MS = 2_000

/**
 * Makes one real call with a credential and gives the answer, or the reason why there is none. Only the gateway can
 * open it, so the gateway is asked. Faults `credential.unknown`, and `upstream.unreachable` when it does not answer.
 */
export async function requestCredentialTest(
  { orgId }: Actor,
  name: string,
  deps: Pick<EngineDeps, 'db' | 'now' | 'feed'>,
): Promise<GatewayAnswer> {
  if (name === DEMO_CREDENTIAL)
    return { ok: true, words: 'A fixed script, not a language model: it needs no key and always answers.', ms: 0 }
  const credential = await findCredential(deps.db, { orgId, name })
  if (credential === undefined) throw new Fault('credential.unknown', `${name}.`)
  const { version } = credential
  return askGateway({ orgId, body: { kind: 'credential.test', name, version }, patienceMs: TEST_DEADLINE_MS }, deps)
}

/** Asks the gateway and waits for its answer. Fault `upstream.unreachable` when none comes in time. */
export async function askGateway(
  { orgId, body, patienceMs }: { orgId: OrgId; body: GatewayRequestBody; patienceMs: number },
  deps: Pick<EngineDeps, 'db' | 'now' | 'feed'>,
): Promise<GatewayAnswer> {
  const now = deps.now()
  const id = newId('request', now)
  // Before the request: the answer may come at once.
  const bell = bellFor(deps.feed, id)
  const signal = AbortSignal.timeout(patienceMs)
  try {
    const expiresAt = new Date(now.getTime() + patienceMs)
    await insertGatewayRequest(deps.db, { id, orgId, body, now, expiresAt })
    while (!signal.aborted) {
      const answer = await findAnswer(deps.db, { id, orgId })
      if (answer !== null) return answerSchema.parse(answer)
      await bell.wait(SLOW_LOOK_MS, signal)
    }
  } finally {
    bell.stop()
  }
  throw new Fault('upstream.unreachable', 'The gateway did not answer.')
}

/** The same, where only what was asked for is of use: any failure is thrown under its own code. */
export async function askGatewayFor<T>(
  { schema, ...ask }: Parameters<typeof askGateway>[0] & { schema: z.ZodType<T> },
  deps: Pick<EngineDeps, 'db' | 'now' | 'feed'>,
): Promise<T> {
  const { ok, words, code, detail, value } = await askGateway(ask, deps)
  if (!ok) throw code === undefined ? new Fault('upstream.rejected', words) : new Fault(code, detail)
  return schema.parse(value)
}

/** A request that nobody waits for. */
export async function tellGateway(
  q: Queryable,
  { orgId, body, now }: { orgId: OrgId; body: GatewayRequestBody; now: Date },
): Promise<void> {
  const expiresAt = new Date(now.getTime() + TOLD_DEADLINE_MS)
  await insertGatewayRequest(q, { id: newId('request', now), orgId, body, now, expiresAt })
}

/** For the gateway: what is asked of it, each given out once. LISTEN on `CHANNELS.gatewayRequests`, and look at start. */
export async function takeGatewayRequests(
  { limit }: { limit: number },
  { db, now }: Pick<EngineDeps, 'db' | 'now'>,
): Promise<readonly GatewayRequest[]> {
  const rows = await takeOpenRequests(db, { limit, now: now() })
  return rows.map(({ id, orgId, body }) => ({ id, orgId, body: bodySchema.parse(body) }))
}

export async function answerGatewayRequest(
  { orgId, id, answer }: { orgId: OrgId; id: RequestId; answer: GatewayAnswer },
  { db, now }: Pick<EngineDeps, 'db' | 'now'>,
): Promise<void> {
  await answerRequest(db, { id, orgId, answer, now: now() })
}
