import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as delay } from 'node:timers/promises'
import type { BridgeGateway } from '@errand/contracts'
import { http } from '../http/builtin.ts'
import { isObject } from '../message/spans.ts'

const TRIES = 6
const FIRST_WAIT_MS = 200

/** The gateway's no, in its words. Asking again would not change it. */
export class GatewayRefusal extends Error {}

export function addressOf(gateway: BridgeGateway): { socketPath: string } | { host: string; port: number } {
  return gateway.kind === 'socket' ? { socketPath: gateway.path } : { host: gateway.host, port: gateway.port }
}

export interface Question {
  readonly method: 'GET' | 'POST' | 'PUT'
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  /** Made anew for each attempt. */
  readonly body?: () => Readable
}

/** Asks the gateway in the bridge's own name. A gateway that starts again meanwhile is waited for. */
export async function askGateway(gateway: BridgeGateway, question: Question): Promise<unknown> {
  for (let tries = 1; ; tries++) {
    try {
      const answer = await openAnswer(gateway, question)
      const text = await textOf(answer)
      return text === '' ? null : JSON.parse(text)
    } catch (error) {
      if (tries === TRIES || error instanceof GatewayRefusal) throw error
      await delay(FIRST_WAIT_MS * 2 ** tries)
    }
  }
}

/** As far as its head; what is not a yes is thrown, in the gateway's words. */
export async function openAnswer(
  gateway: BridgeGateway,
  { method, path, headers: more, body }: Question,
): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const headers = { authorization: `Bearer ${gateway.token}`, ...more }
  const request = http().request({ ...addressOf(gateway), agent: false, method, path, headers })
  request.on('error', reject)
  request.on('response', resolve)
  if (body === undefined) request.end()
  // Its error is the request's, which is waited for.
  else pipeline(body(), request).catch(reject)
  const answer = await promise
  const status = answer.statusCode ?? 0
  if (status === 200 || status === 204) return answer
  throw refusalOf(status, await textOf(answer))
}

async function textOf(answer: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of answer as AsyncIterable<Buffer>) parts.push(part)
  return Buffer.concat(parts).toString()
}

function refusalOf(status: number, text: string): Error {
  const words = wordsIn(text) ?? `the gateway answered ${status}`
  return status >= 500 ? new Error(words) : new GatewayRefusal(words)
}

function wordsIn(text: string): string | null {
  try {
    const fault: unknown = JSON.parse(text)
    if (!isObject(fault)) return null
    const { code, words: sentence, detail } = fault
    // That an installation failed is said by whoever hears of it.
    const isSaid = code === 'mcp.install-failed' && typeof detail === 'string'
    const words = (isSaid ? [detail] : [sentence, detail]).filter((part) => typeof part === 'string')
    return words.length === 0 ? null : words.join(' ')
  } catch {
    return null
  }
}
