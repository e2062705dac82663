import { setTimeout as delay } from 'node:timers/promises'
import { type BridgeGateway, HOSTED_PATHS } from '@errand/contracts'
import { http } from '../http/builtin.ts'
import { isObject } from '../message/spans.ts'

const TRIES = 8
const FIRST_WAIT_MS = 200

/** The secrets of this server's environment, opened by the gateway for this bridge's token alone. */
export async function fetchSecrets(gateway: BridgeGateway): Promise<Readonly<Record<string, string>>> {
  for (let tries = 1; ; tries++) {
    try {
      return await ask(gateway)
    } catch (error) {
      if (tries === TRIES) throw error
      await delay(FIRST_WAIT_MS * 2 ** tries)
    }
  }
}

async function ask(gateway: BridgeGateway): Promise<Readonly<Record<string, string>>> {
  const { promise, resolve, reject } = Promise.withResolvers<Readonly<Record<string, string>>>()
  const place = gateway.kind === 'socket' ? { socketPath: gateway.path } : { host: gateway.host, port: gateway.port }
  const headers = { authorization: `Bearer ${gateway.token}` }
  const request = http().request({ ...place, agent: false, method: 'GET', path: HOSTED_PATHS.secrets, headers })
  request.on('error', reject)
  request.on('response', (answer) => {
    const parts: Buffer[] = []
    answer.on('data', (part: Buffer) => parts.push(part))
    answer.on('error', reject)
    answer.on('end', () => {
      if (answer.statusCode !== 200)
        return reject(new Error(`the gateway refused the secrets: ${answer.statusCode ?? 0}`))
      resolve(parse(Buffer.concat(parts).toString()))
    })
  })
  request.end()
  return await promise
}

function parse(text: string): Readonly<Record<string, string>> {
  const body: unknown = JSON.parse(text)
  const env = isObject(body) ? body['env'] : null
  if (!isObject(env)) throw new Error('the gateway answered something else than secrets')
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  )
}
