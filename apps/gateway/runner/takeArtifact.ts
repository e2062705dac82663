import { artifactQuerySchema, Fault } from '@errand/contracts'
import { addArtifact } from '@errand/engine'
import { writeJson } from '../answer.ts'
import { type Call, grantOf, streamOf } from '../call.ts'
import type { GatewayDeps } from '../deps.ts'
import { wordsOfIssue } from './wordsOfIssue.ts'

/**
 * Streams an artifact into the blob store. What is refused by its announced size is refused before a byte is kept;
 * the server reads the rest of the body away, so that the runner gets the answer and not a broken pipe.
 */
export async function takeArtifact(call: Call, deps: GatewayDeps): Promise<void> {
  const grant = grantOf(call)
  const parsed = artifactQuerySchema.safeParse(Object.fromEntries(new URLSearchParams(call.target.split('?')[1] ?? '')))
  if (!parsed.success) throw new Fault('input.invalid', wordsOfIssue(parsed.error))
  const query = parsed.data
  call.fields['sizeBytes'] = query.sizeBytes
  call.fields['kind'] = query.kind
  if (query.sizeBytes > grant.maxArtifactBytes) {
    throw new Fault(
      'artifact.too-large',
      `"${query.name}" has ${mib(query.sizeBytes)}; the limit is ${mib(grant.maxArtifactBytes)}.`,
    )
  }
  const artifact = await addArtifact({ grant, query, body: streamOf(call) }, deps.engine)
  writeJson(call.reply, { status: 200, body: artifact })
}

function mib(bytes: number): string {
  return `${(bytes / (1 << 20)).toFixed(1)} MiB`
}
