import { pipeline } from 'node:stream/promises'
import { BUNDLE_HEADER, Fault, type InstalledBundle } from '@errand/contracts'
import { findBundleOf, keepBundle } from '@errand/engine'
import * as z from 'zod'
import { writeJson } from '../answer.ts'
import { parseJson } from '../parseJson.ts'
import type { HostedCall } from './forwardHostedEgress.ts'
import type { HostedDeps } from './hostedServer.ts'

const imageNoteSchema = z.object({
  args: z.array(z.string().max(4_000)).max(50),
  cwd: z.string().max(4_000),
  manifest: z.string().max(100),
})
const noteSchema: z.ZodType<InstalledBundle> = z.object({
  command: z.array(z.string().max(4_000)).max(50),
  env: z.record(z.string(), z.string().max(4_000)),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  file: z.string().max(300),
  image: imageNoteSchema.exactOptional(),
})

/** What an installation on a cluster made, for every start after it. Only while the instance is being installed. */
export async function takeBundle({ request, reply, instance }: HostedCall, { engine }: HostedDeps): Promise<void> {
  if (instance.state !== 'installing') throw new Fault('token.elsewhere')
  const header = request.headers[BUNDLE_HEADER]
  const text = typeof header === 'string' ? Buffer.from(header, 'base64url').toString() : ''
  const note = noteSchema.safeParse(text === '' ? null : parseJson(text))
  if (!note.success) throw new Fault('input.invalid', `${BUNDLE_HEADER} is not what an installation writes.`)
  const { orgId, recipe } = instance
  const { sha256 } = await keepBundle({ orgId, package: recipe.package, note: note.data }, request, engine)
  writeJson(reply, { status: 200, body: { sha256 } })
}

/** The bytes that the instance's server is started from. */
export async function giveBundle({ reply, instance }: HostedCall, { engine }: HostedDeps): Promise<void> {
  const { orgId, recipe } = instance
  const bundle = await findBundleOf({ orgId, package: recipe.package }, engine)
  if (bundle === undefined || reply.kind !== 'http') throw new Fault('path.unknown')
  const body = await engine.blobs.open(bundle.sha256)
  reply.response.writeHead(200, { 'content-type': 'application/gzip' })
  await pipeline(body, reply.response)
}
