import { Fault, type OrgId } from '@errand/contracts'
import { decideAccess, seenGrant } from '@errand/domain'
import { changeGrant, findGrantRow, type McpGrantRow } from '@errand/engine'
import { Secret } from '@errand/observe'
import { challengeOf } from './discover.ts'
import { grantKeeper, type GrantKeeper } from './grantKeeper.ts'
import type { OauthParts } from './oauthDeps.ts'
import { beginSignIn, finishSignIn, type Offered, type SignInAsk } from './signIn.ts'
import { revokeGrant } from './signOut.ts'
import type { SignInTarget } from './target.ts'

export interface Which {
  readonly orgId: OrgId
  /** Its name; it is one of the kind `oauth`. */
  readonly credential: string
}

export interface Given {
  readonly token: Secret
}

export interface Refusal extends Which {
  /** What was sent; null for a call without one, whose answer says what a sign-in should ask for. */
  readonly token: Secret | null
  /** With status 401, or 403 for want of scope. */
  readonly answer: Response
}

export interface Oauth {
  /**
   * The token to send with a call. A grant near its end is refreshed meanwhile, one past it first. Faults:
   * `mcp.needs-sign-in`; `egress.unreachable` when the authorization server is away and the token is over.
   */
  accessToken(which: Which): Promise<Given>
  /** Whether nobody has to be asked any more: somebody signed in, to all that the server wants. */
  isSignedIn(which: Which): Promise<boolean>
  /** After a server refused a token: another one to try once. Faults: `mcp.needs-sign-in`, `mcp.credential-refused`. */
  refused(refusal: Refusal): Promise<Given>
  /** Faults `sign-in.impossible`, `sign-in.not-wanted`, `egress.…`, `outbound.…`. */
  begin(ask: Which & Omit<SignInAsk, 'target'>): Promise<Offered>
  /** Fault `sign-in.refused`. */
  finish(which: Which): Promise<void>
  signOut(which: Which): Promise<void>
  /** Refreshes if it is due: for the loop that does so without anybody asking. */
  keepFresh(which: Which): Promise<void>
}

/** A server that refuses a token so soon after it was made will refuse the next one, too. */
const TOO_SOON_MS = 60_000

export function createOauth(parts: OauthParts): Oauth {
  const { engine, log, readTarget } = parts
  const keeper = grantKeeper(parts)
  const deps = { ...parts, keeper }
  return {
    async accessToken(which) {
      const target = await readTarget(which)
      const row = await keeper.read(target)
      const decision = row === null ? 'sign-in' : decideAccess(row.state, engine.now())
      if (row === null || decision === 'sign-in') {
        // A person may be signing in in this very moment.
        keeper.forget(target)
        throw needsSignIn(target, row, engine.now())
      }
      if (decision === 'refresh') return afterRefresh(target, await keeper.refresh(target), deps)
      if (decision === 'use-and-refresh') {
        keeper
          .refresh(target)
          .catch((error: unknown) => log.warn({ op: 'grant.refresh', ...target.id, error }, 'not refreshed'))
      }
      return tokenOf(target, row, deps)
    },
    async isSignedIn(which) {
      const target = await readTarget(which)
      const row = await findGrantRow(target.id, engine)
      if (row === null || row.state.wants !== null || decideAccess(row.state, engine.now()) === 'sign-in') return false
      // Another gateway may have taken the sign-in.
      keeper.forget(target)
      return true
    },
    refused: async (refusal) => anotherToken(await readTarget(refusal), refusal, deps),
    async begin({ redirectUri, documentUrl, by, ...which }) {
      const target = await readTarget(which)
      return beginSignIn({ target, redirectUri, documentUrl, by }, parts).finally(() => keeper.forget(target))
    },
    async finish(which) {
      const target = await readTarget(which)
      await finishSignIn(target, parts).finally(() => keeper.forget(target))
    },
    async signOut(which) {
      const target = await readTarget(which)
      await revokeGrant(target, parts).finally(() => keeper.forget(target))
    },
    keepFresh: async (which) => void (await keeper.refresh(await readTarget(which))),
  }
}

type Deps = OauthParts & { readonly keeper: GrantKeeper }

async function anotherToken(target: SignInTarget, { token, answer }: Refusal, deps: Deps): Promise<Given> {
  const { engine, vault, keeper } = deps
  keeper.forget(target)
  const row = await keeper.read(target)
  if (answer.status === 403 && token !== null) return wantsMore(target, answer, deps)
  if (row === null || token === null) {
    const scopes = challengeOf(answer).scopes
    if (scopes !== null) await changeGrant(target.id, () => ({ event: { type: 'scope.wanted', scopes } }), engine)
    throw needsSignIn(target, row, engine.now())
  }
  const known = await vault.tokens(row)
  const sent = token.reveal()
  // Another call has refreshed it already.
  if (known !== null && known.access !== sent && known.id !== sent) return tokenOf(target, row, deps)
  const { canRefresh, obtainedAt, refreshedAt } = row.state
  const ageMs = obtainedAt === null ? 0 : engine.now().getTime() - Date.parse(obtainedAt)
  if (canRefresh && ageMs < TOO_SOON_MS && refreshedAt !== null)
    throw new Fault('mcp.credential-refused', `${target.server} refuses a token that was given a moment ago.`)
  if (canRefresh) return afterRefresh(target, await keeper.refresh(target, known?.access), deps)
  const event = { type: 'token.refused', words: 'The server does not take the token any more.' } as const
  const next = await changeGrant(target.id, () => ({ event, tokens: null }), engine)
  keeper.forget(target)
  throw needsSignIn(target, next, engine.now())
}

async function wantsMore(target: SignInTarget, answer: Response, { engine, keeper }: Deps): Promise<never> {
  const event = { type: 'scope.wanted', scopes: challengeOf(answer).scopes ?? '' } as const
  const { state } = await changeGrant(target.id, () => ({ event }), engine)
  keeper.forget(target)
  const wants = state.wants === null || state.wants === '' ? 'it does not say what' : state.wants
  throw new Fault('mcp.needs-sign-in', `${target.server} wants more than was granted: ${wants}.`)
}

async function afterRefresh(target: SignInTarget, row: McpGrantRow, deps: Deps): Promise<Given> {
  const decision = decideAccess(row.state, deps.engine.now())
  if (decision === 'sign-in') throw needsSignIn(target, row, deps.engine.now())
  if (decision === 'refresh') throw new Fault('egress.unreachable', row.state.words ?? `${target.server}.`)
  return tokenOf(target, row, deps)
}

async function tokenOf(target: SignInTarget, row: McpGrantRow, { vault, engine }: Deps): Promise<Given> {
  const tokens = await vault.tokens(row)
  const value = target.useIdToken ? tokens?.id : tokens?.access
  if (value === undefined || value === null) throw needsSignIn(target, row, engine.now())
  return { token: new Secret(value) }
}

function needsSignIn({ server }: SignInTarget, row: McpGrantRow | null, now: Date): Fault {
  const words = row === null ? null : seenGrant(row.state, now).words
  return new Fault('mcp.needs-sign-in', words === null ? `${server}.` : `${server}. ${words}`)
}
