import { CLIENT_CAPABILITIES_META_KEY, type ClientCapabilities, type ServerContext } from '@modelcontextprotocol/server'

/** One red pixel. */
export const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg=='
/** No sound at all. */
export const WAV = 'UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAAB9AAACABAAZGF0YQIAAAA='

export const image = { type: 'image' as const, data: PNG, mimeType: 'image/png' }

export function text(words: string): { type: 'text'; text: string } {
  return { type: 'text', text: words }
}

export function said(words: string): { content: { type: 'text'; text: string }[] } {
  return { content: [text(words)] }
}

/** What the client says of itself with each request, in the era without sessions. */
export function capabilitiesOf({ envelope }: ServerContext['mcpReq']): ClientCapabilities {
  return (envelope as Record<string, ClientCapabilities> | undefined)?.[CLIENT_CAPABILITIES_META_KEY] ?? {}
}
