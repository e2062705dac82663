import { type McpServerSpec } from '@errand/contracts'
import { pinnedDigest } from '@errand/domain'
import { findMcpServer } from '@errand/store'
import * as z from 'zod'
import { askGatewayFor } from '../config/gatewayRequests.ts'
import type { Actor, EngineDeps } from '../deps.ts'

const PATIENCE_MS = 45_000
const resolvedSchema = z.object({ digest: z.string().regex(/^sha256:[0-9a-f]{64}$/) })

/**
 * A definition whose image has a tag gets the digest that the tag has now: what is run tomorrow is what was seen today.
 * A server that had this tag already keeps its digest. Faults of the gateway's way to the registry.
 */
export async function pinImage(
  actor: Actor,
  { name, spec }: { readonly name: string; readonly spec: McpServerSpec },
  deps: Pick<EngineDeps, 'db' | 'now' | 'feed'>,
): Promise<McpServerSpec> {
  if (spec.type !== 'hosted' || spec.package.registry !== 'oci') return spec
  const { version, sha256, ...image } = spec.package
  if (sha256 === undefined && pinnedDigest(spec.package) !== null) return spec
  const before = (await findMcpServer(deps.db, { orgId: actor.orgId, name, isLocked: false }))?.spec
  const known = before?.type === 'hosted' && before.package.name === image.name ? before.package : null
  const isSame = known?.version === version
  // Another tag of what was there before, with the digest of that.
  const isLeftOver = !isSame && sha256 !== undefined && known?.sha256 === sha256
  if (sha256 !== undefined && !isLeftOver) return spec
  const { sha256: _old, ...bare } = spec.package
  if (version.startsWith('sha256:')) return { ...spec, package: bare }
  if (isSame && known.sha256 !== undefined) return { ...spec, package: { ...bare, sha256: known.sha256 } }
  const body = { kind: 'image.resolve', package: bare } as const
  const { digest } = await askGatewayFor(
    { orgId: actor.orgId, body, patienceMs: PATIENCE_MS, schema: resolvedSchema },
    deps,
  )
  return { ...spec, package: { ...bare, sha256: digest.replace('sha256:', '') } }
}
