import { Fault, type CredentialSpec, isModelCredential } from '@errand/contracts'
import { readSealedCredential } from '@errand/engine'
import type { Secret } from '@errand/observe'
import { type Call, grantOf, type Upstream } from '../call.ts'
import type { GatewayDeps } from '../deps.ts'

/** The agent's built-in credential that needs no key. */
export const DEMO_CREDENTIAL = 'demo'
const SUBSCRIPTION_BETA = 'oauth-2025-04-20'

/** Decides where a model call goes, and adds what opens that door. */
export async function injectModelCredential(call: Call, deps: GatewayDeps): Promise<'next'> {
  const { orgId, credential: name } = grantOf(call)
  call.fields['credential'] = name
  if (name === null) throw new Fault('credential.missing', 'The run is a script: it has no model.')
  if (name === DEMO_CREDENTIAL) {
    call.upstream = { kind: 'demo' }
    return 'next'
  }
  const sealed = await readSealedCredential({ orgId, name }, deps.engine)
  if (sealed === null)
    throw new Fault('credential.missing', `The run needs the credential "${name}", and there is none with this name.`)
  const { spec, secret } = await deps.credentials.open(orgId, sealed)
  const door = modelDoor({ name, spec, secret }, deps.config)
  call.upstream = door.upstream
  call.headers = addCredential(call.headers, door)
  return 'next'
}

export interface ModelDoor {
  readonly upstream: Upstream
  readonly headers: Readonly<Record<string, string>>
  readonly beta: string | null
}

/** Where a credential leads and which headers open it. Fault `credential.missing` when its value is not there. */
export function modelDoor(
  { name, spec, secret }: { name: string; spec: CredentialSpec; secret: Secret | null },
  { anthropicUrl }: { anthropicUrl: string },
): ModelDoor {
  if (!isModelCredential(spec)) throw new Fault('credential.missing', `The credential "${name}" is not for a model.`)
  if (spec.type === 'llm-compatible') {
    const headers = spec.auth === 'none' ? {} : keyHeader(spec.auth, valueOf(name, secret))
    return { upstream: { kind: 'http', baseUrl: spec.baseUrl }, headers, beta: null }
  }
  const upstream: Upstream = { kind: 'http', baseUrl: anthropicUrl }
  if (spec.type === 'anthropic-key')
    return { upstream, headers: keyHeader('x-api-key', valueOf(name, secret)), beta: null }
  return { upstream, headers: keyHeader('bearer', valueOf(name, secret)), beta: SUBSCRIPTION_BETA }
}

function addCredential(headers: Call['headers'], { headers: door, beta }: ModelDoor): Call['headers'] {
  if (beta === null) return { ...headers, ...door }
  const betas = String(headers['anthropic-beta'] ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '' && one !== beta)
  return { ...headers, ...door, 'anthropic-beta': [...betas, beta].join(',') }
}

function keyHeader(auth: 'x-api-key' | 'bearer', secret: Secret): Record<string, string> {
  return auth === 'bearer' ? { authorization: `Bearer ${secret.reveal()}` } : { 'x-api-key': secret.reveal() }
}

function valueOf(name: string, secret: Secret | null): Secret {
  if (secret === null) throw new Fault('credential.missing', `The credential "${name}" has no value yet.`)
  return secret
}
