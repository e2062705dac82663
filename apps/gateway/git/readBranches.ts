import { Fault, type OrgId } from '@errand/contracts'
import { formatRepositoryAddress, parseRepositoryAddress, type RepositoryAddress } from '@errand/domain'
import { askHolder } from './askHolder.ts'
import { movedTo } from './followedRedirect.ts'
import { discard, type GitAnswer, type GitAsk } from './gitAnswer.ts'
import type { GitCaller } from './gitCaller.ts'
import type { GitDeps } from './gitDeps.ts'
import { type HeadAndBranches, readAdvertisement, readRefs } from './refAdvertisement.ts'
import { isFollowable } from './renames.ts'

interface Branch {
  readonly name: string
  readonly isDefault: boolean
}

interface Branches {
  /** The default branch first, then by name. */
  readonly branches: readonly Branch[]
  /** Null when the repository names none. A repository without commits may name one that is not there yet. */
  readonly default: string | null
  /** There are more than are listed. */
  readonly isCut: boolean
}

export interface BranchReader {
  /**
   * Asks whoever holds the repository; an answer is kept for half a minute unless it must be fresh. Faults:
   * `repository.…`, `egress.…`, `upstream.rejected`, `input.invalid`.
   */
  read(ask: { readonly orgId: OrgId; readonly repository: string; readonly isFresh: boolean }): Promise<Branches>
}

const KEEP_MS = 30_000
const MAX_KEPT = 500
const BRANCHES_PATIENCE_MS = 15_000
const MAX_ANSWER_BYTES = 16 * 1024 * 1024
const MAX_BRANCHES = 2_000

export function branchReader({ git, now }: { git: GitDeps; now: () => Date }): BranchReader {
  const kept = new Map<string, { readonly until: number; readonly read: Promise<Branches> }>()
  return {
    read({ orgId, repository, isFresh }) {
      const key = `${orgId} ${repository}`
      const known = kept.get(key)
      if (!isFresh && known !== undefined && known.until > now().getTime()) return known.read
      const entry = { until: now().getTime() + KEEP_MS, read: readBranches({ orgId, repository }, git) }
      kept.delete(key)
      kept.set(key, entry)
      const oldest = kept.keys().next().value
      if (kept.size > MAX_KEPT && oldest !== undefined) kept.delete(oldest)
      // A failure is mended in a moment, and then the next look must see it.
      entry.read.catch(() => kept.get(key) === entry && kept.delete(key))
      return entry.read
    },
  }
}

async function readBranches(
  { orgId, repository }: { orgId: OrgId; repository: string },
  git: GitDeps,
): Promise<Branches> {
  const address = parseRepositoryAddress(repository)
  if (address.kind === 'invalid') throw new Fault('input.invalid', `repository: ${address.words}`)
  if (address.kind === 'local' && !(await git.isRegistered(orgId, address.name)))
    throw new Fault('repository.unknown', `${formatRepositoryAddress(address)}.`)
  const signal = AbortSignal.timeout(BRANCHES_PATIENCE_MS)
  try {
    return listed(await askForRefs({ address, mayMove: true }, { orgId, git, signal }))
  } catch (error) {
    if (!signal.aborted) throw error
    const where = formatRepositoryAddress(address)
    throw new Fault('egress.unreachable', `${where}: no answer within ${BRANCHES_PATIENCE_MS / 1000} s.`, {
      cause: error,
    })
  }
}

interface Asking {
  readonly orgId: OrgId
  readonly git: GitDeps
  readonly signal: AbortSignal
}

async function askForRefs(
  { address, mayMove }: { address: RepositoryAddress; mayMove: boolean },
  asking: Asking,
): Promise<HeadAndBranches> {
  const caller = readerOf(asking.orgId)
  const ask: GitAsk = {
    request: { kind: 'git', address, operation: 'fetch', step: 'advertise' },
    headers: { 'git-protocol': 'version=2', 'user-agent': 'git/2.39 (errand)' },
    body: null,
    contentLength: null,
    signal: asking.signal,
  }
  const answer = await askHolder(ask, caller, asking.git)
  if (answer.status !== 200) return askMoved(answer, { ask, mayMove }, asking)
  const advertised = readAdvertisement(await wholeBody(answer, asking.signal))
  if (advertised.kind === 'refs') return advertised
  if (advertised.kind === 'malformed') throw notGit(address)
  const type = 'application/x-git-upload-pack-request'
  const refs = await askHolder(
    {
      ...ask,
      request: { ...ask.request, step: 'call' },
      headers: { ...ask.headers, 'content-type': type, accept: 'application/x-git-upload-pack-result' },
      body: onlyThis(advertised.question),
      contentLength: String(advertised.question.length),
    },
    caller,
    asking.git,
  )
  const read = readRefs(await wholeBody(refs, asking.signal))
  if (read === null) throw notGit(address)
  return read
}

/** The host says that the repository has another name now. */
async function askMoved(
  answer: GitAnswer,
  { ask, mayMove }: { ask: GitAsk; mayMove: boolean },
  asking: Asking,
): Promise<HeadAndBranches> {
  discard(answer)
  const { address } = ask.request
  const to = parseRepositoryAddress(movedTo(answer.headers['location'], ask.request))
  if (mayMove && to.kind === 'remote' && isFollowable(address, to))
    return askForRefs({ address: to, mayMove: false }, asking)
  throw new Fault('upstream.rejected', `${formatRepositoryAddress(address)} has moved: name the new address.`)
}

function listed({ head, branches }: HeadAndBranches): Branches {
  const sorted = branches.toSorted((a, b) => Number(b === head) - Number(a === head) || (a < b ? -1 : 1))
  return {
    branches: sorted.slice(0, MAX_BRANCHES).map((name) => ({ name, isDefault: name === head })),
    default: head,
    isCut: sorted.length > MAX_BRANCHES,
  }
}

function notGit(address: RepositoryAddress): Fault {
  return new Fault('repository.not-found', `${formatRepositoryAddress(address)} is not answered by a git server.`)
}

/** Nobody's run: what it may read was judged before. */
function readerOf(orgId: OrgId): GitCaller {
  return {
    orgId,
    name: 'errand',
    isRun: false,
    permit: async ({ address }) => ({ kind: 'granted', address }),
    refusePush: () => null,
    followRename: () => false,
    record: async () => undefined,
  }
}

async function wholeBody(answer: GitAnswer, signal: AbortSignal): Promise<Buffer> {
  const { body } = answer
  const stop = () => body.destroy(new Error('no time left'))
  signal.addEventListener('abort', stop, { once: true })
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      size += chunk.length
      if (size > MAX_ANSWER_BYTES) throw new Fault('upstream.rejected', 'The list of its branches is too long.')
      chunks.push(chunk)
    }
  } finally {
    signal.removeEventListener('abort', stop)
    discard(answer)
  }
  return Buffer.concat(chunks)
}

async function* onlyThis(bytes: Buffer): AsyncGenerator<Buffer, void, undefined> {
  yield bytes
}
