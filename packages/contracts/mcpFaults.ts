import { asked, broken, ended, type FaultEntry } from './faultEntry.ts'

/** What can go wrong between an agent and an MCP server. Part of `FAULTS`. */
export const MCP_FAULTS = {
  'mcp.unknown': asked(
    404,
    'There is no MCP server with this name.',
    'Look for it under MCP servers, or with `errand mcp list`.',
  ),
  'mcp.moved-on': asked(
    409,
    'The MCP server got a newer version while you worked on yours.',
    'Look at what is new, then go on from there.',
  ),
  'mcp.in-use': asked(409, 'Agents use this MCP server.', 'Take it out of them first; the detail names them.'),
  'mcp.not-granted': asked(
    403,
    'This run may not use that MCP server.',
    'Name it in `mcp` of the agent, then run it again.',
  ),
  'mcp.message-invalid': asked(
    400,
    'This is not one message of the Model Context Protocol.',
    'The detail says what is wrong with it. The client is at fault.',
  ),
  'mcp.session-unknown': asked(404, 'This session is not known here.', 'The client opens another by itself.'),
  'mcp.header-mismatch': asked(
    400,
    'The headers of this message say something else than its body.',
    'The client is at fault, or something between it and the gateway changes what it sends.',
  ),
  'mcp.foreign-origin': asked(
    403,
    'The request came from a page, or by a name that is not this machine’s.',
    'Only the agent’s own programs speak to its MCP servers.',
  ),
  'mcp.tool-denied': asked(
    403,
    'The agent’s policy does not allow this use of the tool.',
    'Change the rules of the server in the agent, if it is meant. The run goes on without it.',
  ),
  'mcp.tool-changed': asked(
    409,
    'The tool has changed since a person accepted it, so it is held back.',
    'Look at the difference on the page of the server and accept it, if it is fine.',
  ),
  'mcp.tool-unknown': asked(404, 'The MCP server has no such tool.', 'Test the server: it lists its tools.'),
  'mcp.needs-sign-in': asked(
    409,
    'The MCP server wants a person to sign in.',
    'Sign in on the page of the server, or with `errand mcp login NAME`.',
  ),
  'mcp.credential-missing': asked(
    409,
    'The MCP server needs a credential that is not set.',
    'Set it under Credentials, or with `errand credentials add`, by the name that the detail gives.',
  ),
  'mcp.credential-refused': asked(
    502,
    'The MCP server refused the credential.',
    'Give the credential a new value, then test the server on its page, or with `errand mcp test NAME`.',
  ),
  'mcp.unreachable': {
    ...asked(
      502,
      'The MCP server could not be reached.',
      'The detail holds the error. Test it on its page, or with `errand mcp test NAME`.',
    ),
    retry: true,
  },
  'mcp.timeout': {
    ...asked(504, 'The MCP server did not answer in time.', 'Try it again, or raise `callSeconds` of the server.'),
    retry: true,
  },
  'mcp.cut-off': {
    ...asked(
      502,
      'The MCP server broke off in the middle of its answer.',
      'What it did before is not known. Look there before it is done again.',
    ),
  },
  'mcp.handshake': asked(
    502,
    'What answers at this address does not speak the Model Context Protocol.',
    'Check the address and the transport of the server; the detail holds its answer.',
  ),
  'mcp.unavailable': ended('An MCP server that the agent needs did not connect.', 'Test the server, then retry.', true),
  'mcp.not-signed-in': ended(
    'An MCP server that the agent needs wanted a person to sign in, and nobody did.',
    'Sign in on the page of the server, or with `errand mcp login NAME`, then retry.',
    true,
  ),
  'mcp.install-failed': broken(
    502,
    'The package of the MCP server could not be installed.',
    'The detail holds the package manager’s words. Check name and version.',
  ),
  'mcp.registry-unset': asked(
    409,
    'The image names no registry, and none is set for such names.',
    'Write the registry’s host before the image’s name, or set `ERRAND_IMAGE_REGISTRIES` where Errand runs.',
  ),
  'mcp.crashed': broken(
    502,
    'The MCP server crashed.',
    'Its log is on the page of the server. It is started again at the next call.',
  ),
} as const satisfies Record<string, FaultEntry>
