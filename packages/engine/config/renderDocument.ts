import type { AgentSpec, ConfigDocument } from '@errand/contracts'
import { stringify } from 'yaml'

/** The document of something that no document made, or that was changed since: fields in the schema's order. */
export function renderDocument({ kind, name, spec }: ConfigDocument): string {
  return stringify({ kind, name, spec }, { lineWidth: 0, blockQuote: 'literal' })
}

export function renderAgent(name: string, spec: AgentSpec): string {
  return renderDocument({ kind: 'Agent', name, spec })
}
