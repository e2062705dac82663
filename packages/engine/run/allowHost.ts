import { Fault, type RunEventBody, type RunId } from '@errand/contracts'
import { hostPattern, isTerminal, mayAskForHost, parseAuthority, wholeState } from '@errand/domain'
import { findRun, readLogHead } from '@errand/store'
import { extendAgent } from '../config/extendAgent.ts'
import type { Actor, EngineDeps } from '../deps.ts'
import { announceEvents, appendLocked } from './appendEvents.ts'

export interface HostPermission {
  readonly runId: RunId
  readonly host: string
  readonly port: number
  /** For the rest of this run, or from now on for the agent too; the latter also once the run is over. */
  readonly answer: 'allow-run' | 'allow-agent'
}

/**
 * A person allows a host that nobody is asked for: it was refused before, or its question expired. Faults `run.unknown`,
 * `run.over`, `input.invalid` for what is never allowed one by one (level `none`, a machine nearby).
 */
export async function allowHost(
  actor: Actor,
  { runId, host, port, answer }: HostPermission,
  deps: Pick<EngineDeps, 'db' | 'now'>,
): Promise<void> {
  const { orgId, name } = actor
  const row = await findRun(deps.db, { orgId, runId })
  if (row === undefined) throw new Fault('run.unknown')
  const target = parseAuthority(`${host}:${port}`)
  if (target === null || !mayAskForHost(target, row.spec.agent.network))
    throw new Fault('input.invalid', `host: ${host} cannot be allowed by itself at this network level.`)
  const now = deps.now()
  await deps.db.transaction(async (tx) => {
    const head = await readLogHead(tx, { orgId, runId, isLocked: true })
    if (head === undefined) throw new Fault('run.unknown')
    const isOver = isTerminal(wholeState(head.state).status)
    if (isOver && answer === 'allow-run') throw new Fault('run.over')
    const added = { hosts: [hostPattern(target)] }
    const version = answer === 'allow-agent' ? await extendAgent(tx, { actor, runId, added, now }) : undefined
    const agentVersion = version === undefined ? {} : { agentVersion: version }
    const event: RunEventBody = { type: 'host.allowed', ...target, by: name, ...agentVersion }
    await appendLocked(tx, { orgId, runId, source: 'system', events: [event] }, now)
  })
  announceEvents(runId, deps)
}
