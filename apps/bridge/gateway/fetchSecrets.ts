import { type BridgeGateway, HOSTED_PATHS } from '@errand/contracts'
import { isObject } from '../message/spans.ts'
import { askGateway } from './ask.ts'

/** The secrets of this server's environment, opened by the gateway for this bridge's token alone. */
export async function fetchSecrets(gateway: BridgeGateway): Promise<Readonly<Record<string, string>>> {
  const body = await askGateway(gateway, { method: 'GET', path: HOSTED_PATHS.secrets })
  const env = isObject(body) ? body['env'] : null
  if (!isObject(env)) throw new Error('the gateway answered something else than secrets')
  const texts = Object.entries(env).filter((entry): entry is [string, string] => typeof entry[1] === 'string')
  return Object.fromEntries(texts)
}
