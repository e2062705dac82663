import { shortRepository, type TaskChange, type TaskRepository } from './task.ts'

const AUTONOMIES = ['plan', 'edit', 'ask'] as const
const NETWORKS = ['none', 'trusted', 'custom', 'full'] as const

/**
 * What a link says about the task: `/?prompt=&repos=a,b%23branch&branch=&agent=&model=&autonomy=&budget=&minutes=&network=&verify=`. Null when
 * it says nothing. A field that does not fit is left to the agent, as if it were not there: the person sees the form before anything is sent.
 */
export function taskInLink(params: URLSearchParams): TaskChange | null {
  const repos = params.get('repos')
  const branch = text(params, 'branch')
  const found: TaskChange = {
    prompt: text(params, 'prompt'),
    repositories: repos === null ? undefined : repositoriesIn(repos, branch),
    agent: text(params, 'agent'),
    budgetUsd: amount(params, 'budget', 100_000),
    deadlineMinutes: amount(params, 'minutes', 1_440),
    model: text(params, 'model'),
    autonomy: AUTONOMIES.find((one) => one === params.get('autonomy')),
    network: NETWORKS.find((level) => level === params.get('network')),
    // `verify=` is how a link says: no check this time.
    verify: params.get('verify') ?? undefined,
  }
  return Object.values(found).every((value) => value === undefined) ? null : found
}

/** A bare word is a repository kept here, as in `errand run --repo app`. Empty: none at all. */
export function repositoriesIn(given: string, branch?: string): TaskRepository[] {
  return given
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
    .map((one) => {
      const [address = '', own] = one.split('#', 2)
      const repository = address.includes('/') ? address : `local/${address}`
      const chosen = own === undefined || own === '' ? branch : own
      return chosen === undefined ? { repository } : { repository, branch: chosen }
    })
}

/** What a chip says of the repositories: the first, its branch, and how many more. */
export function repositoryWords(repositories: readonly TaskRepository[]): { chosen: string; note: string } {
  const [first, ...more] = repositories
  if (first === undefined) return { chosen: 'No repository', note: '' }
  return {
    chosen: shortRepository(first.repository),
    note: [first.branch, more.length === 0 ? undefined : `and ${more.length} more`].filter(Boolean).join(' '),
  }
}

function text(params: URLSearchParams, name: string): string | undefined {
  const value = params.get(name)?.trim()
  return value === undefined || value === '' ? undefined : value
}

function amount(params: URLSearchParams, name: string, most: number): number | undefined {
  const value = Number(params.get(name)?.replace(/^\$/, '') ?? Number.NaN)
  return Number.isFinite(value) && value > 0 && value <= most ? value : undefined
}
