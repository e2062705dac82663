import { Fault } from '@errand/contracts'
import type { Actor, EngineDeps } from '../deps.ts'
import { pinImage } from '../mcp/pinImage.ts'
import { applyMcpServer } from '../mcp/servers.ts'
import { applyAgent } from './agents.ts'
import { changeCredential } from './credentials.ts'
import { parseDocument } from './parseDocument.ts'
import type { Applied } from './types.ts'

/**
 * Makes what one YAML document says, and keeps its text as it is. `secret` is the value that the document's reference
 * points to, read where the document lies. Fault `yaml.invalid` names line and field.
 */
export async function applyDocument(
  actor: Actor,
  { source, secret }: { source: string; secret?: string | undefined },
  deps: Pick<EngineDeps, 'db' | 'now' | 'sealer' | 'feed'>,
): Promise<Applied> {
  const document = await pinned(actor, parseDocument(source), deps)
  if (document.kind !== 'Credential' && secret !== undefined)
    throw new Fault('input.invalid', 'secret: only a credential has one.')
  const given = secret === undefined ? undefined : ({ kind: 'plain', value: secret } as const)
  const { name } = document
  return deps.db.transaction((tx) => {
    switch (document.kind) {
      case 'Agent':
        return applyAgent(tx, { actor, name, spec: document.spec, source, now: deps.now() })
      case 'Credential':
        return changeCredential(tx, { actor, name, spec: document.spec, secret: given, source }, deps)
      case 'McpServer':
        return applyMcpServer(tx, { actor, name, spec: document.spec, source, now: deps.now() })
    }
  })
}

async function pinned(
  actor: Actor,
  document: ReturnType<typeof parseDocument>,
  deps: Parameters<typeof pinImage>[2],
): Promise<ReturnType<typeof parseDocument>> {
  return document.kind === 'McpServer' ? { ...document, spec: await pinImage(actor, document, deps) } : document
}
