'use client'

import { type ServerDraft, withNewest, withoutVersion } from '@errand/domain'
import { useQuery } from '@tanstack/react-query'
import { useTRPC } from '../../../trpc/client.tsx'

/** The draft with the newest version in place of one that a README left out, as soon as its registry has said it. */
export function useNewestVersion(draft: ServerDraft): ServerDraft {
  const wanted = withoutVersion(draft)
  const { data, isError } = useQuery({
    ...useTRPC().mcp.newestVersion.queryOptions(wanted ?? { registry: 'npm', name: 'none' }),
    enabled: wanted !== null,
    staleTime: 60_000,
    retry: false,
  })
  if (wanted === null) return draft
  if (data === undefined) return withNewest(draft, { kind: isError ? 'unknown' : 'asked' })
  const { version } = data
  return withNewest(draft, version === null ? { kind: 'unknown' } : { kind: 'found', version })
}
