import { findGrantRow, type McpGrantRow } from '@errand/engine'
import { createPlaces } from '../git/places.ts'
import type { OauthParts } from './oauthDeps.ts'
import { refreshGrant } from './refresh.ts'
import type { SignInTarget } from './target.ts'

/** What one process remembers of grants, and the one refresh of each that it makes at a time. */
export interface GrantKeeper {
  /** Null where nobody ever signed in. */
  read(target: SignInTarget): Promise<McpGrantRow | null>
  forget(target: SignInTarget): void
  /** Refreshes if it is due, or if `refused` is its access token. */
  refresh(target: SignInTarget, refused?: string): Promise<McpGrantRow>
}

/** A burst of calls asks the database once; what another gateway or a person changed holds a moment later. */
const FRESH_MS = 1_000
/** Of one process at once: each holds a connection to the database while an authorization server thinks. */
const AT_ONCE = 3

export function grantKeeper(parts: OauthParts): GrantKeeper {
  const known = new Map<string, { readonly at: number; readonly row: Promise<McpGrantRow | null> }>()
  const refreshing = new Map<string, Promise<McpGrantRow>>()
  const places = createPlaces(AT_ONCE)
  const forget = ({ id }: SignInTarget) => void known.delete(id.credentialId)

  const refreshOnce = async (target: SignInTarget, refused: string | undefined): Promise<McpGrantRow> => {
    const giveBack = await places.take('refresh', new AbortController().signal)
    try {
      return await refreshGrant({ target, ...(refused === undefined ? {} : { refused }) }, parts)
    } finally {
      giveBack()
      forget(target)
      refreshing.delete(target.id.credentialId)
    }
  }
  return {
    read(target) {
      const { credentialId } = target.id
      const at = performance.now()
      const before = known.get(credentialId)
      if (before !== undefined && at - before.at < FRESH_MS) return before.row
      const row = findGrantRow(target.id, parts.engine)
      known.set(credentialId, { at, row })
      row.catch(() => known.delete(credentialId))
      return row
    },
    forget,
    refresh(target, refused) {
      const under = refreshing.get(target.id.credentialId)
      if (under !== undefined) return under
      const done = refreshOnce(target, refused)
      refreshing.set(target.id.credentialId, done)
      return done
    },
  }
}
