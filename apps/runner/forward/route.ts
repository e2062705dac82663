import { RUNNER_PATHS } from '@errand/contracts'

export type Route =
  /** To the gateway under this path, as the agent's own traffic with the model, with MCP servers or with git. */
  | { readonly kind: 'model' | 'git' | 'mcp'; readonly target: string }
  /** To the gateway as traffic of a proxy, in absolute form. */
  | { readonly kind: 'egress'; readonly target: string }
  | { readonly kind: 'unknown' }

/**
 * Decides where a request of the agent's goes. Only what is named here goes anywhere: above all, no way of writing a
 * path leads to the runner's own endpoints. `own` is the forwarder's own host and port.
 */
export function routeOf(target: string, own: string): Route {
  if (target.startsWith('/')) return routeOfPath(target)
  const url = URL.parse(target)
  if (url === null || url.protocol !== 'http:') return { kind: 'unknown' }
  // A program that takes no notice of NO_PROXY asks the proxy for the proxy.
  if (url.host === own) return routeOfPath(url.pathname + url.search)
  return { kind: 'egress', target: url.href }
}

function routeOfPath(target: string): Route {
  // Parsing resolves `..` and its encoded forms, so that what is checked is what is sent.
  const url = URL.parse(target, 'http://forwarder')
  if (url === null || url.host !== 'forwarder') return { kind: 'unknown' }
  const path = url.pathname + url.search
  if (isBelow(url.pathname, RUNNER_PATHS.llm)) return { kind: 'model', target: path }
  if (isBelow(url.pathname, RUNNER_PATHS.mcp)) return { kind: 'mcp', target: path }
  if (isBelow(url.pathname, RUNNER_PATHS.git)) return { kind: 'git', target: path }
  return { kind: 'unknown' }
}

/** A second round of decoding further on must not find a way out either. */
function isBelow(pathname: string, root: string): boolean {
  return pathname.startsWith(`${root}/`) && !/%2e|%2f|%5c|\\|\/\//i.test(pathname.slice(root.length))
}
