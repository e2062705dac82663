import { Fault } from '@errand/contracts'
import { answerMsOf } from '@errand/domain'
import { askForTool, type EngineDeps, readHostWord, type RunGrant } from '@errand/engine'
import { AnswerWatches } from '../egress/answerWatches.ts'

export interface HeldTool {
  readonly grant: RunGrant
  readonly server: string
  readonly tool: string
  readonly arguments: Readonly<Record<string, unknown>>
  /** Which rule asks; null: none fitted. */
  readonly rule: number | null
  /** The gateway that held it went away. */
  readonly isAgain: boolean
  /** Aborts when the caller goes away. */
  readonly signal: AbortSignal
  /** A person has to be waited for; called before they can know of it. */
  readonly onAsked: () => void
}

export interface HeldTools {
  /** Resolves when a person allows it. Fault `mcp.tool-denied` with their words otherwise. */
  wait(held: HeldTool): Promise<void>
}

/** Holds calls of tools until a person has answered. Question and answer are in the run's log, as those for hosts. */
export function heldTools(engine: Pick<EngineDeps, 'db' | 'now' | 'feed'>): HeldTools {
  const watches = new AnswerWatches({ read: (asked) => readHostWord(asked, engine), feed: engine.feed })
  return {
    async wait({ grant, server, tool, arguments: given, rule, isAgain, signal, onAsked }) {
      const { orgId, runId, agentSpec } = grant
      const run = { orgId, runId }
      const input = JSON.stringify(given, null, 2)
      const waitMs = answerMsOf(agentSpec)
      const asked = await askForTool({ run, server, tool, input, rule, waitMs, isAgain, onAsked }, engine)
      const word = asked.kind === 'asked' ? await watches.join({ run, ...asked }, signal) : asked
      if (word.kind !== 'allowed')
        throw new Fault('mcp.tool-denied', (word.kind === 'refused' ? word.words : null) ?? `${server} ${tool}.`)
    },
  }
}
