import { Fault, isModelCredential, type OrgId } from '@errand/contracts'
import { readSealedCredential } from '@errand/engine'
import type { GatewayDeps } from '../deps.ts'
import { testGitCredential } from './testGitCredential.ts'
import { testModelCredential } from './testModelCredential.ts'

export interface TestOutcome {
  readonly ok: boolean
  /** What was tried and what came of it, for a person. Never holds the secret. */
  readonly words: string
}

/** Makes one real, small call with a credential. Fault `credential.unknown`. */
export async function testCredential(
  { orgId, name }: { orgId: OrgId; name: string },
  deps: GatewayDeps,
): Promise<TestOutcome> {
  const sealed = await readSealedCredential({ orgId, name }, deps.engine)
  if (sealed === null) throw new Fault('credential.unknown')
  const credential = await deps.credentials.open(orgId, sealed)
  const { spec, secret } = credential
  if (spec.type === 'github-app') {
    await deps.mcp.accessToken({ orgId, credential: name, kind: 'github-app' })
    return { ok: true, words: `GitHub gave a token of an hour for installation ${spec.installationId}.` }
  }
  if (spec.type !== 'git' && !isModelCredential(spec))
    return { ok: false, words: 'It is tried with the MCP server that it is for: test that.' }
  const { ok, words } =
    spec.type === 'git'
      ? await testGitCredential({ orgId, spec, secret }, deps)
      : await testModelCredential({ name, spec, secret }, deps)
  // Some providers repeat the key that they refuse.
  return { ok, words: secret === null ? words : words.replaceAll(secret.reveal(), '[secret]') }
}
