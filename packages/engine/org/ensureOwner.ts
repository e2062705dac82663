import { newId } from '@errand/contracts'
import { ensureOrg, ensureUser, insertRepository } from '@errand/store'
import { DEMO_AGENT, DEMO_REPOSITORY, ensureBuiltins } from '../config/builtins.ts'
import type { Actor, EngineDeps } from '../deps.ts'

/**
 * The organisation, its owner and what comes with Errand: made at the first start, found at every other. The demo
 * repository is added with the demo agent once; whoever removes it is rid of it.
 */
export async function ensureOwner(
  { orgName }: { orgName: string },
  deps: Pick<EngineDeps, 'db' | 'now'>,
): Promise<Actor> {
  const now = deps.now()
  return deps.db.transaction(async (tx) => {
    const orgId = await ensureOrg(tx, { id: newId('org', now), name: orgName, now })
    const userId = await ensureUser(tx, { id: newId('user', now), orgId, name: 'owner', now })
    const actor: Actor = { orgId, userId, name: 'owner' }
    const added = await ensureBuiltins(tx, actor, now)
    if (added.includes(DEMO_AGENT))
      await insertRepository(tx, { id: newId('repository', now), orgId, ref: DEMO_REPOSITORY, isLocal: true, now })
    return actor
  })
}
