import type { McpServerSpec } from '@errand/contracts'

/** What the gateway adds for a server, by name. */
export function credentialNames(spec: McpServerSpec): readonly string[] {
  if (spec.type === 'remote') return spec.credential === undefined ? [] : [spec.credential]
  return [...new Set(Object.values(spec.env).flatMap((value) => (typeof value === 'string' ? [] : [value.credential])))]
}
