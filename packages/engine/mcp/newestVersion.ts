import * as z from 'zod'
import { askGatewayFor } from '../config/gatewayRequests.ts'
import type { Actor, EngineDeps } from '../deps.ts'

/** A package as a registry names it: never a path, an address or a flag of the program that is asked. */
export const packageToFindSchema = z.discriminatedUnion('registry', [
  z.strictObject({
    registry: z.literal('npm'),
    name: z
      .string()
      .max(214)
      .regex(/^(?:@[\w~][\w.~-]*\/)?[\w~][\w.~-]*$/, 'it is the name of a package'),
  }),
  z.strictObject({
    registry: z.literal('pypi'),
    /** Extras may follow. */
    name: z
      .string()
      .max(214)
      .regex(/^[A-Za-z0-9][\w.-]*(?:\[[\w,.-]+\])?$/, 'it is the name of a package'),
  }),
])
export type PackageToFind = z.infer<typeof packageToFindSchema>

/** Longer than the gateway gives the package manager. */
const PATIENCE_MS = 30_000
const newestSchema = z.object({ version: z.string().nullable() })

/**
 * The newest version of a package, asked by the gateway of its machine's own package manager. Null: that is not there, or knows
 * of none. Fault `upstream.unreachable` when the gateway does not answer.
 */
export async function findNewestVersion(
  { orgId }: Actor,
  wanted: PackageToFind,
  deps: Pick<EngineDeps, 'db' | 'now' | 'feed'>,
): Promise<z.infer<typeof newestSchema>> {
  // What is pasted is read more kindly than what a program is given.
  const named = packageToFindSchema.safeParse(wanted)
  if (!named.success) return { version: null }
  const body = { kind: 'package.newest', ...named.data } as const
  return askGatewayFor({ orgId, body, patienceMs: PATIENCE_MS, schema: newestSchema }, deps)
}
