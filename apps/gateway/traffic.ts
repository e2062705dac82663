import { RUNNER_PATHS } from '@errand/contracts'
import type { Traffic } from './call.ts'

/** Which pipeline a request takes; null for an address that nothing answers. */
export function trafficOf({
  method = '',
  url = '',
}: {
  readonly method?: string | undefined
  readonly url?: string | undefined
}): Traffic | null {
  // What a proxy's client sends: CONNECT host:port, or the whole address on the request line.
  if (method === 'CONNECT' || (!url.startsWith('/') && /^https?:\/\//i.test(url))) return 'egress'
  const path = pathOf(url)
  if (path.startsWith('/sandbox/v1/')) return 'sandbox'
  if (path.startsWith('/runner/v1/')) return 'runner'
  if (path.startsWith(`${RUNNER_PATHS.llm}/`)) return 'llm'
  if (path.startsWith(`${RUNNER_PATHS.mcp}/`)) return 'mcp'
  return path.startsWith(`${RUNNER_PATHS.git}/`) ? 'git' : null
}

/** An address without its query. */
export function pathOf(url: string): string {
  const end = url.indexOf('?')
  return end === -1 ? url : url.slice(0, end)
}
