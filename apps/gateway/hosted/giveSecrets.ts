import { Fault } from '@errand/contracts'
import { type Instance, readSealedCredential } from '@errand/engine'
import type { HostedDeps } from './hostedServer.ts'

/** What of a server's environment is secret, opened. While its package is being installed there is nothing to give. */
export async function giveSecrets(
  { orgId, state, recipe }: Instance,
  { engine, credentials }: Pick<HostedDeps, 'engine' | 'credentials'>,
): Promise<Readonly<Record<string, string>>> {
  if (state === 'installing') throw new Fault('token.elsewhere')
  const env: Record<string, string> = {}
  for (const [variable, value] of Object.entries(recipe.env)) {
    if (typeof value === 'string') continue
    const name = value.credential
    const sealed = await readSealedCredential({ orgId, name }, engine)
    const secret = sealed === null ? null : (await credentials.open(orgId, sealed)).secret
    if (secret === null) throw new Fault('credential.missing', `The MCP server wants the credential “${name}”.`)
    env[variable] = secret.reveal()
  }
  return env
}
