import type { ModelCredentialSpec } from '@errand/contracts'
import type { Secret } from '@errand/observe'
import * as z from 'zod'
import { parseJson } from '../parseJson.ts'
import type { GatewayDeps } from '../deps.ts'
import { modelDoor, type ModelDoor } from '../llm/injectModelCredential.ts'
import type { TestOutcome } from './testCredential.ts'

/** Small and cheap; for a compatible provider the first model it lists is taken instead. */
const TEST_MODEL = 'claude-haiku-4-5'
const PATIENCE_MS = 30_000
const MAX_ANSWER_CHARS = 300
/** A subscription token is refused without it. */
const SUBSCRIPTION_SYSTEM = "You are Claude Code, Anthropic's official CLI for Claude."

interface ModelCredential {
  readonly name: string
  readonly spec: ModelCredentialSpec
  readonly secret: Secret | null
}

/** Asks the model for one token. */
export async function testModelCredential(credential: ModelCredential, deps: GatewayDeps): Promise<TestOutcome> {
  const door = modelDoor(credential, deps.config)
  const { spec } = credential
  const model = spec.type === 'llm-compatible' ? ((await firstModel(door, deps)) ?? TEST_MODEL) : TEST_MODEL
  const body = {
    model,
    max_tokens: 1,
    messages: [{ role: 'user', content: 'Hi' }],
    ...(spec.type === 'anthropic-subscription' ? { system: SUBSCRIPTION_SYSTEM } : {}),
  }
  const tried = `a message of one token from ${model} at ${hostOf(door)}`
  const answer = await ask(door, { method: 'POST', path: '/v1/messages', body }, deps)
  if (answer.kind === 'unreachable') return { ok: false, words: `Tried ${tried}: ${answer.words}.` }
  const said = providerWords(answer.text)
  if (answer.status === 200) return { ok: true, words: `It works: asked for ${tried}, and it came.` }
  if (answer.status === 401 || answer.status === 403)
    return { ok: false, words: `Refused: asked for ${tried}, and the answer was ${answer.status}: ${said}` }
  if (answer.status === 404)
    return {
      ok: false,
      words: `The provider let the credential in but did not find what was asked for (${tried}): ${said}`,
    }
  return { ok: false, words: `Tried ${tried}; the answer was ${answer.status}: ${said}` }
}

const modelsSchema = z.looseObject({ data: z.array(z.looseObject({ id: z.string() })) })

async function firstModel(door: ModelDoor, deps: GatewayDeps): Promise<string | null> {
  const answer = await ask(door, { method: 'GET', path: '/v1/models', body: null }, deps)
  if (answer.kind === 'unreachable' || answer.status !== 200) return null
  const parsed = modelsSchema.safeParse(parseJson(answer.text))
  return parsed.success ? (parsed.data.data[0]?.id ?? null) : null
}

type Answer =
  | { readonly kind: 'answer'; readonly status: number; readonly text: string }
  | { readonly kind: 'unreachable'; readonly words: string }

async function ask(
  { upstream, headers, beta }: ModelDoor,
  { method, path, body }: { method: 'GET' | 'POST'; path: string; body: unknown },
  deps: GatewayDeps,
): Promise<Answer> {
  if (upstream.kind === 'demo') return { kind: 'unreachable', words: 'the demo model needs no credential' }
  const { origin, pathname } = new URL(upstream.baseUrl)
  try {
    const answer = await deps.upstreams.get(origin).request({
      method,
      path: pathname.replace(/\/$/, '') + path,
      headers: {
        'content-type': 'application/json',
        'anthropic-version': '2023-06-01',
        ...(beta === null ? {} : { 'anthropic-beta': beta }),
        ...headers,
      },
      body: body === null ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE_MS),
    })
    return { kind: 'answer', status: answer.statusCode, text: await answer.body.text() }
  } catch (error) {
    const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined
    const isLate = error instanceof Error && error.name === 'TimeoutError'
    return {
      kind: 'unreachable',
      words: isLate
        ? `no answer within ${PATIENCE_MS / 1000} s`
        : `it could not be reached (${typeof code === 'string' ? code : 'no connection'})`,
    }
  }
}

const errorSchema = z.looseObject({ error: z.union([z.string(), z.looseObject({ message: z.string() })]) })

function providerWords(text: string): string {
  const parsed = errorSchema.safeParse(parseJson(text))
  const error = parsed.success ? parsed.data.error : text
  return (
    (typeof error === 'string' ? error : error.message).trim().slice(0, MAX_ANSWER_CHARS) || 'nothing more was said.'
  )
}

function hostOf({ upstream }: ModelDoor): string {
  return upstream.kind === 'demo' ? 'this gateway' : new URL(upstream.baseUrl).host
}
