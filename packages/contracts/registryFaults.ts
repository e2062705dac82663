import { asked, type FaultEntry } from './faultEntry.ts'

/** What stands between a person and a registry of MCP servers. Part of `FAULTS`. */
export const REGISTRY_FAULTS = {
  'registry.unreachable': {
    ...asked(
      502,
      'The MCP registry does not answer, and nothing that it said earlier fits.',
      'Paste the address of the server or the JSON of its README instead, or try again later.',
    ),
    retry: true,
  },
} as const satisfies Record<string, FaultEntry>
