import { Fault, type McpServerSpec, type OrgId } from '@errand/contracts'
import { findCredential, type Queryable } from '@errand/store'

/**
 * What the gateway is to give to a server and does not have, said before anything of it is started. Null: all is there. A
 * sign-in has no value of its own; what stands with it is told elsewhere.
 */
export async function missingCredential(
  spec: McpServerSpec,
  { orgId, db }: { readonly orgId: OrgId; readonly db: Queryable },
): Promise<Fault | null> {
  for (const name of credentialsOf(spec)) {
    const credential = await findCredential(db, { orgId, name })
    if (credential === undefined) return new Fault('mcp.credential-missing', `There is no credential ${name}.`)
    if (credential.sealed === null && credential.spec.type !== 'oauth')
      return new Fault('mcp.credential-missing', `${name} has no value yet.`)
  }
  return null
}

function credentialsOf(spec: McpServerSpec): readonly string[] {
  if (spec.type === 'remote') return spec.credential === undefined ? [] : [spec.credential]
  return Object.values(spec.env).flatMap((value) => (typeof value === 'string' ? [] : [value.credential]))
}
