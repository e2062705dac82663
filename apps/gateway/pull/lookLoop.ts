import { takeDuePulls } from '@errand/engine'
import type { GatewayDeps } from '../deps.ts'
import { lookAtPull } from './lookAtPull.ts'

const AT_ONCE = 4

/** Looks at open pull requests whose time has come, a few at once, until it is closed. */
export function lookAtDuePulls(deps: GatewayDeps): { close(): Promise<void> } {
  let looking: Promise<void> | null = null
  let isClosing = false

  const look = async () => {
    for (;;) {
      const due = await takeDuePulls({ limit: AT_ONCE }, deps.engine)
      await Promise.all(
        due.map((pull) =>
          lookAtPull(pull, deps).catch((error: unknown) =>
            deps.log.warn(
              { op: 'pull.look', orgId: pull.orgId, pullId: pull.id, error },
              'a pull request was not looked at',
            ),
          ),
        ),
      )
      if (due.length < AT_ONCE || isClosing) return
    }
  }
  const timer = setInterval(() => {
    looking ??= look()
      .catch((error: unknown) => deps.log.warn({ op: 'pull.look', error }, 'due pull requests were not found'))
      .finally(() => (looking = null))
  }, deps.config.pullPollMs)
  timer.unref()
  return {
    async close() {
      isClosing = true
      clearInterval(timer)
      await looking
    },
  }
}
