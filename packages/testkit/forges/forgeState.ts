import { tryGit } from '../git.ts'

/** A pull request in a fixture's memory; its commits are in a real repository. */
export interface FixturePull {
  readonly number: number
  readonly repository: string
  title: string
  body: string
  readonly head: string
  readonly base: string
  state: 'open' | 'closed'
  isDraft: boolean
  isMerged: boolean
}

export interface FixtureCheck {
  readonly name: string
  readonly state: 'passed' | 'failed' | 'running'
  readonly url: string
}

/** What the API of a forge answers from, and how it shall misbehave. */
export interface ForgeState {
  readonly token: string
  readonly pulls: FixturePull[]
  checks: readonly FixtureCheck[]
  /** Seconds since 1970 until which every request is refused; null: none is. */
  limitedUntil: number | null
  /** False: the token reads, and may not open. */
  mayWrite: boolean
  /** False: as a token without the right to them. */
  mayReadChecks: boolean
  /** False: as on a plan without drafts. */
  hasDrafts: boolean
  /** Every request, as `METHOD /path?query`. */
  readonly requests: string[]
  folderOf(repository: string): string | null
}

export interface ApiCall {
  readonly method: string
  /** Below the API's base, decoded part by part. */
  readonly parts: readonly string[]
  readonly query: URLSearchParams
  readonly body: Readonly<Record<string, unknown>>
  /** `http://127.0.0.1:<port>` */
  readonly origin: string
}

export interface ApiAnswer {
  readonly status: number
  readonly json: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** One kind of forge: how it is addressed, and what it answers. */
export interface FixtureApi {
  readonly base: string
  /** The header of a right token. */
  authorization(token: string): string
  refuse(reason: 'token' | 'limit' | 'missing', limitedUntil: number): ApiAnswer
  answer(call: ApiCall, state: ForgeState): Promise<ApiAnswer>
}

export async function shaOf(folder: string, branch: string): Promise<string | null> {
  const { code, stdout } = await tryGit(['rev-parse', '--verify', '--quiet', `refs/heads/${branch}^{commit}`], {
    cwd: folder,
  })
  return code === 0 ? stdout.trim() : null
}

export async function countCommits(folder: string, base: string, head: string): Promise<number> {
  const { stdout } = await tryGit(['rev-list', '--count', `refs/heads/${head}`, `^refs/heads/${base}`], { cwd: folder })
  return Number(stdout.trim())
}

export function addPull(
  state: ForgeState,
  pull: Pick<FixturePull, 'repository' | 'title' | 'body' | 'head' | 'base' | 'isDraft'>,
): FixturePull {
  const added: FixturePull = { ...pull, number: state.pulls.length + 1, state: 'open', isMerged: false }
  state.pulls.push(added)
  return added
}

export function samePull(
  state: ForgeState,
  { repository, head, base }: Pick<FixturePull, 'repository' | 'head' | 'base'>,
): FixturePull[] {
  return state.pulls.filter((one) => one.repository === repository && one.head === head && one.base === base)
}

/** A page of a list with the `Link` header that all three send. */
export function pageOf<T>(
  items: readonly T[],
  { query, size }: { query: URLSearchParams; size: number },
): { readonly items: readonly T[]; readonly headers: Record<string, string> } {
  const page = Math.max(1, Number(query.get('page') ?? '1'))
  const shown = items.slice((page - 1) * size, page * size)
  const isLast = page * size >= items.length
  return { items: shown, headers: isLast ? {} : { link: `<http://127.0.0.1/next?page=${page + 1}>; rel="next"` } }
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
