import { takeDuePulls } from '@errand/engine'
import type { GatewayDeps } from '../deps.ts'
import { lookForDue } from '../lookForDue.ts'
import { lookAtPull } from './lookAtPull.ts'

/** Looks at open pull requests whose time has come, until it is closed. */
export function lookAtDuePulls(deps: GatewayDeps): { close(): Promise<void> } {
  return lookForDue(
    {
      op: 'pull.look',
      everyMs: deps.config.pullPollMs,
      take: (limit) => takeDuePulls({ limit }, deps.engine),
      perform: (pull) => lookAtPull(pull, deps),
      fieldsOf: ({ orgId, id }) => ({ orgId, pullId: id }),
    },
    deps,
  )
}
