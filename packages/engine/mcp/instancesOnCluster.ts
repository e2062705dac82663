import {
  type BridgeHealth,
  Fault,
  type HostedProgram,
  type HostedRecipe,
  type InstalledBundle,
  type InstanceId,
  type OrgId,
} from '@errand/contracts'
import {
  addInstanceSandbox,
  type BundleRow,
  findBundle,
  findSandboxOfInstance,
  type SandboxRow,
  sweepBundleRows,
  writeBundle,
  writeInstanceHealth,
} from '@errand/store'
import type { Readable } from 'node:stream'
import type { EngineDeps } from '../deps.ts'
import type { Instance } from './instances.ts'

type Deps = Pick<EngineDeps, 'db' | 'now'>

/** An installed package: an archive among the blobs, and how a server is started from it. */
export type Bundle = BundleRow

/** Before its Job is made: what it is to run. Its way to the gateway and its token come with its claim. */
export async function prepareInstanceSandbox(
  { instance, name, program }: { instance: Pick<Instance, 'id' | 'orgId'>; name: string; program: HostedProgram },
  { db, now }: Deps,
): Promise<void> {
  const { id: instanceId, orgId } = instance
  const isAdded = await addInstanceSandbox(db, { id: name, orgId, instanceId, program, now: now() })
  if (!isAdded) throw new Fault('mcp.crashed', 'What ran before in its place is not gone yet.')
}

export function readSandboxOfInstance(id: InstanceId, { db }: Pick<Deps, 'db'>): Promise<SandboxRow | undefined> {
  return findSandboxOfInstance(db, id)
}

/** For the gateway: what a bridge on a cluster says of itself. Nothing where its token is not the instance's any more. */
export async function noteHealth(
  { id, tokenHash }: Pick<Instance, 'id' | 'tokenHash'>,
  { health, address }: { health: Omit<BridgeHealth, 'ok'>; address: string },
  { db }: Pick<Deps, 'db'>,
): Promise<void> {
  const { sessions, memoryMib, crashes, lastError } = health
  const failure = lastError === null ? null : { code: 'mcp.crashed' as const, words: lastError.slice(0, WORDS_CHARS) }
  await writeInstanceHealth(db, { id, tokenHash, address, sessions, memoryMib, crashes, failure })
}

const WORDS_CHARS = 500
/** Of the largest packages there are, compressed, several times over. */
const MAX_BUNDLE_BYTES = 2 ** 30

/** Takes in what an installation of this package sends. */
export async function keepBundle(
  of: { readonly orgId: OrgId; readonly package: HostedRecipe['package']; readonly note: InstalledBundle },
  body: Readable,
  { db, blobs, now }: Pick<EngineDeps, 'db' | 'blobs' | 'now'>,
): Promise<Bundle> {
  const { orgId, note } = of
  const blob = await blobs.put(body, { maxBytes: MAX_BUNDLE_BYTES })
  await writeBundle(db, { orgId, package: keyOf(of.package), note, ...blob, now: now() })
  return { sha256: blob.sha256, note }
}

/** Undefined: not installed yet, or not what the digest of the package says. */
export async function findBundleOf(
  of: { readonly orgId: OrgId; readonly package: HostedRecipe['package'] },
  { db }: Pick<Deps, 'db'>,
): Promise<Bundle | undefined> {
  const found = await findBundle(db, { orgId: of.orgId, package: keyOf(of.package) })
  const isMeant = of.package.sha256 === undefined || of.package.sha256 === found?.note.sha256
  return isMeant ? found : undefined
}

/** Deletes archives that were installed before that time and that nobody runs from. */
export async function sweepBundles(
  { used, before }: { readonly used: readonly string[]; readonly before: Date },
  { db, blobs }: Pick<EngineDeps, 'db' | 'blobs'>,
): Promise<void> {
  for (const sha256 of await sweepBundleRows(db, { used, before })) await blobs.delete(sha256, { putBefore: before })
}

function keyOf({ registry, name, version, bin = '' }: HostedRecipe['package']): string {
  return JSON.stringify([registry, name, version, bin])
}
