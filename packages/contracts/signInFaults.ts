import { asked, type FaultEntry } from './faultEntry.ts'

/** What stands in the way of a sign-in with an MCP server. Part of `FAULTS`. */
export const SIGN_IN_FAULTS = {
  'sign-in.unknown': asked(
    410,
    'This sign-in is not known here: it was finished already, or its time is up.',
    'Begin it again on the page of the server, or with `errand mcp login NAME`.',
  ),
  'sign-in.refused': asked(
    403,
    'The sign-in came to nothing.',
    'The detail says why. Begin it again on the page of the server, or with `errand mcp login NAME`.',
  ),
  'sign-in.impossible': asked(
    409,
    'Nobody can sign in to this server as it is set up.',
    'The detail says what is missing. Mend it in the server’s `oauth` settings, or use a token.',
  ),
  'sign-in.not-wanted': asked(
    409,
    'This server is used without a sign-in.',
    'Give it a credential of the type `oauth` first, or take away the one that it has.',
  ),
} as const satisfies Record<string, FaultEntry>
