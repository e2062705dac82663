import { Fault } from '@errand/contracts'
import { formatRepositoryAddress } from '@errand/domain'
import type { Actor } from '@errand/engine'
import type { GitCaller } from './gitCaller.ts'
import type { GitDeps } from './gitDeps.ts'

/** A person reads and writes every branch of the local repositories of their organisation, and nothing else here. */
export function ownerCaller(actor: Actor, { isRegistered, log }: Pick<GitDeps, 'isRegistered' | 'log'>): GitCaller {
  return {
    orgId: actor.orgId,
    name: actor.userId,
    isRun: false,
    async permit({ address }) {
      if (address.kind === 'local' && (await isRegistered(actor.orgId, address.name)))
        return { kind: 'granted', address }
      const detail =
        address.kind === 'local'
          ? `${formatRepositoryAddress(address)} is not known here.`
          : 'Only local repositories are served here; use the repository’s own address.'
      return { kind: 'refused', fault: new Fault('repository.unknown', detail) }
    },
    refusePush: () => null,
    followRename: () => false,
    async record({ request, ok, detail }) {
      log.info(
        {
          op: 'git.access',
          orgId: actor.orgId,
          userId: actor.userId,
          repository: formatRepositoryAddress(request.address),
          operation: request.operation,
          ok,
          detail,
        },
        'owner’s git',
      )
    },
  }
}
