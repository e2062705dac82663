import { Fault, type OrgId, type RemoteServerSpec } from '@errand/contracts'
import { answerMsOf } from '@errand/domain'
import {
  askForSignIn,
  type EngineDeps,
  type HostWord,
  readHostWord,
  type RunGrant,
  settleSignIns,
} from '@errand/engine'
import { type Asked, AnswerWatches } from '../egress/answerWatches.ts'

/** A sign-in is in no run's log; this is how late it is seen. */
const LOOK_EVERY_MS = 1_000

export interface NeededSignIn {
  readonly grant: RunGrant
  readonly server: string
  /** As it is frozen in the run. Where it names no credential, a sign-in makes one. */
  readonly spec: RemoteServerSpec
  /** Why: the detail of `mcp.needs-sign-in`. */
  readonly words: string
}

export interface HeldSignIns {
  /** Has the run wait for a person, unless it does already or was told no. */
  ask(needed: NeededSignIn, onAsked?: () => void): Promise<HostWord>
  /** Nobody has to sign in with it any more. */
  settle(run: Pick<RunGrant, 'orgId' | 'runId'>, server: string): Promise<void>
  /** Resolves when somebody has signed in. Fault `mcp.needs-sign-in` with the words of who said no. */
  wait(needed: NeededSignIn, how: { readonly signal: AbortSignal; readonly onAsked: () => void }): Promise<void>
}

interface AskedSignIn extends Asked {
  readonly server: string
  readonly spec: RemoteServerSpec
}

/**
 * Holds what needs a sign-in until a person has made it, with whatever page or program. That the run waits is in its log,
 * so a gateway that starts again asks nobody twice.
 */
export function heldSignIns(
  engine: Pick<EngineDeps, 'db' | 'now' | 'feed'>,
  {
    isSignedIn,
  }: {
    readonly isSignedIn: (which: { orgId: OrgId; server: string; spec: RemoteServerSpec }) => Promise<boolean>
  },
): HeldSignIns {
  const read = async ({ run, questionId, server, spec }: AskedSignIn): Promise<HostWord> => {
    const word = await readHostWord({ run, questionId }, engine)
    if (word.kind !== 'asked' || !(await isSignedIn({ orgId: run.orgId, server, spec }))) return word
    await settleSignIns({ run, servers: [server] }, engine)
    return { kind: 'allowed', isOnce: false }
  }
  const watches = new AnswerWatches<AskedSignIn>({ read, feed: engine.feed, everyMs: LOOK_EVERY_MS })
  const runOf = ({ grant: { orgId, runId } }: NeededSignIn) => ({ orgId, runId })
  const held: HeldSignIns = {
    async ask(needed, onAsked = () => undefined) {
      const { grant, server, spec } = needed
      // They begin with its name, as the words of a fault have to.
      const words = needed.words.replace(`${server}.`, '').trim() || 'Nobody has signed in yet.'
      const run = runOf(needed)
      const asked = await askForSignIn({ run, server, words, waitMs: answerMsOf(grant.agentSpec), onAsked }, engine)
      return asked.kind === 'asked' ? read({ run, server, spec, questionId: asked.questionId }) : asked
    },
    settle: ({ orgId, runId }, server) => settleSignIns({ run: { orgId, runId }, servers: [server] }, engine),
    async wait(needed, { signal, onAsked }) {
      const { server, spec } = needed
      const asked = await held.ask(needed, onAsked)
      const word =
        asked.kind === 'asked' ? await watches.join({ run: runOf(needed), ...asked, server, spec }, signal) : asked
      if (word.kind === 'allowed') return
      const said = word.kind === 'refused' && word.words !== null ? word.words : ''
      throw new Fault('mcp.needs-sign-in', `${server}. ${said}`.trim())
    },
  }
  return held
}
