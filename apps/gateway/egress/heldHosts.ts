import { Fault, type RunId } from '@errand/contracts'
import { answerMsOf, mayAskForHost, onBlockedHostOf, type Target } from '@errand/domain'
import type { HostQuestion, HostWord, RunFeed, RunGrant } from '@errand/engine'
import { AnswerWatches } from './answerWatches.ts'

/** No program waits longer for a connection, and no person is asked in vain. */
const LONGEST_HOLD_MS = 10 * 60_000
/** Each is a socket of ours and one of the runner's. */
const MAX_HELD_PER_RUN = 100
export interface HeldHostsDeps {
  readonly ask: (question: HostQuestion) => Promise<HostWord>
  readonly read: (asked: { readonly run: HostQuestion['run']; readonly questionId: string }) => Promise<HostWord>
  readonly feed: Pick<RunFeed, 'subscribe'>
}

export interface Held {
  readonly grant: RunGrant
  readonly target: Target
  readonly command: string | undefined
  /** What is said when nobody allows it. */
  readonly refusal: Fault
  /** Aborts when the caller goes away. */
  readonly signal: AbortSignal
}

export interface HeldHosts {
  /** Resolves when a person allows it; `isOnce` is used up by the next `egress.allowed`. Throws the refusal otherwise. */
  wait(held: Held): Promise<{ readonly isOnce: boolean }>
}

/**
 * Holds connections to hosts that are not allowed until a person has answered. Question and answer are in the run's log;
 * here is only who waits for them. So a gateway that starts again asks nobody twice.
 */
export function heldHosts({ ask, read, feed }: HeldHostsDeps): HeldHosts {
  const watches = new AnswerWatches({ read, feed })
  const heldBy = new Map<RunId, number>()
  return {
    async wait({ grant, target, command, refusal, signal }) {
      const { runId, orgId, agentSpec, network } = grant
      const count = heldBy.get(runId) ?? 0
      if (!mayAskForHost(target, network) || count >= MAX_HELD_PER_RUN) throw refusal
      heldBy.set(runId, count + 1)
      try {
        const run = { orgId, runId }
        const isAsking = onBlockedHostOf(agentSpec) === 'ask'
        const waitMs = isAsking ? Math.min(LONGEST_HOLD_MS, answerMsOf(agentSpec)) : null
        const word = await ask({ run, target, command, waitMs })
        return judged(word.kind === 'asked' ? await watches.join({ run, ...word }, signal) : word, refusal)
      } finally {
        const left = (heldBy.get(runId) ?? 1) - 1
        if (left === 0) heldBy.delete(runId)
        else heldBy.set(runId, left)
      }
    },
  }
}

function judged(word: HostWord, refusal: Fault): { readonly isOnce: boolean } {
  if (word.kind === 'allowed') return { isOnce: word.isOnce }
  const words = word.kind === 'refused' ? word.words : null
  throw words === null ? refusal : new Fault(refusal.code, [refusal.detail, words].filter(Boolean).join(' '))
}
