import { asked, type FaultEntry } from './faultEntry.ts'

export const MCP_FAULTS = {
  'mcp.needs-sign-in': asked(
    409,
    'The server needs a sign-in.',
    'Sign in on its page, or with `errand mcp login NAME`.',
  ),
  'mcp.credential-refused': asked(
    502,
    'The server does not take the credential.',
    'Test the credential, and give it a new value.',
  ),
} as const satisfies Record<string, FaultEntry>
