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

/** Asks the gateway in the bridge's own name. A gateway that starts again meanwhile is waited for. */
export async function askGateway(gateway: BridgeGateway, path: string): Promise<unknown> {
  for (let tries = 1; ; tries++) {
    try {
      return await ask(gateway, path)
    } catch (error) {
      if (tries === TRIES || error instanceof GatewayRefusal) throw error
      await delay(FIRST_WAIT_MS * 2 ** tries)
    }
  }
}

async function ask(gateway: BridgeGateway, path: string): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>()
  const headers = { authorization: `Bearer ${gateway.token}` }
  const request = http().request({ ...addressOf(gateway), agent: false, method: 'GET', path, headers })
  request.on('error', reject)
  request.on('response', (answer) => {
    const parts: Buffer[] = []
    answer.on('data', (part: Buffer) => parts.push(part))
    answer.on('error', reject)
    answer.on('end', () => {
      const text = Buffer.concat(parts).toString()
      if (answer.statusCode === 200) resolve(JSON.parse(text))
      else reject(refusalOf(answer.statusCode ?? 0, text))
    })
  })
  request.end()
  return await promise
}

function refusalOf(status: number, text: string): Error {
  if (status >= 500) return new Error(`the gateway answered ${status}`)
  try {
    const fault: unknown = JSON.parse(text)
    const words = isObject(fault) ? [fault['words'], fault['detail']].filter((part) => typeof part === 'string') : []
    return new GatewayRefusal(words.join(' '))
  } catch {
    return new GatewayRefusal(`the gateway answered ${status}`)
  }
}
