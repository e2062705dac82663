import { addressKind } from '../policy/address.ts'
import { isSecretName } from './looksSecret.ts'
import { inputRef, nameFrom, note, stop, warning, type DraftNote, type ServerDraft } from './serverDraft.ts'
import type { DraftInput } from './serverDraft.ts'

/** A server that is reached at an address; null when the text is no http(s) address. */
export function readUrl(
  text: string,
  known: { readonly name?: string | undefined; readonly transport?: 'streamable-http' | 'sse' | undefined } = {},
): ServerDraft | null {
  if (!/^https?:\/\//i.test(text) || /\s/.test(text) || !URL.canParse(text)) return null
  const url = new URL(text)
  const notes: DraftNote[] = []
  const inputs: DraftInput[] = []
  const headers: Record<string, string> = {}

  if (url.username !== '' || url.password !== '') {
    const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`
    headers['Authorization'] = `Basic ${inputRef('Authorization')}`
    inputs.push({
      id: 'Authorization',
      label: 'User and password',
      isRequired: true,
      isSecret: true,
      value: btoa(pair),
    })
    notes.push(note('User and password are taken out of the address and kept as a credential.'))
  }
  for (const key of [...url.searchParams.keys()]) {
    if (!isSecretName(key)) continue
    url.searchParams.delete(key)
    notes.push(
      warning(
        `\`${key}\` is taken out of the address: an address is shown and logged, so it may hold no secret. ` +
          'Most servers take the same key in a header; add it as a credential.',
      ),
    )
  }
  url.username = ''
  url.password = ''
  url.hash = ''
  if (isRepositoryPage(url)) {
    notes.push(stop('This is the page of a repository, not a server. Paste the JSON or the command of its README.'))
  }
  const isPrivate = url.protocol === 'http:' || isPrivateHost(url.hostname)
  if (isPrivate) {
    notes.push(
      note(`Marked as private: \`${url.host}\` alone, host and port, may be on your own network or without TLS.`),
    )
  }
  return {
    name: known.name ?? nameFromHost(url.hostname),
    spec: {
      type: 'remote',
      // What stands for a value in braces must come out as it went in.
      url: url.href.replaceAll('%7B', '{').replaceAll('%7D', '}'),
      transport: known.transport ?? (/\/sse\/?$/.test(url.pathname) ? 'sse' : 'streamable-http'),
      headers,
      private: isPrivate,
    },
    inputs,
    notes,
  }
}

/** `mcp.linear.app` → `linear`, `api.example.co` → `example`, `10.0.0.7` → `10-0-0-7`. */
function nameFromHost(host: string): string {
  if (/^[\d.]+$|:/.test(host)) return nameFrom(host)
  const labels = host.split('.').filter((label) => !['www', 'mcp', 'api', 'server', 'ai'].includes(label))
  return nameFrom(labels.length > 1 ? (labels.at(-2) ?? host) : (labels[0] ?? host))
}

function isPrivateHost(host: string): boolean {
  const bare = host.replace(/^\[(.*)\]$/, '$1')
  if (/^[\d.]+$/.test(bare) || bare.includes(':')) return addressKind(bare).kind === 'private'
  return !bare.includes('.') || /\.(local|localhost|internal|lan|home|svc|cluster\.local)$/.test(bare)
}

function isRepositoryPage(url: URL): boolean {
  return /^(www\.)?(github|gitlab)\.com$/.test(url.hostname) && url.pathname.split('/').filter(Boolean).length >= 2
}
