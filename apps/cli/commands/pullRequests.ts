import { readFile } from 'node:fs/promises'
import type { RunId } from '@errand/contracts'
import { connect, type Errand } from '../connection/errand.ts'
import type { Cli } from '../context.ts'
import { CliError, EXIT, type ExitCode } from '../exit.ts'
import { pullLines } from '../format/pullRequest.ts'
import { readAll } from '../secret.ts'
import { findRun } from './runs.ts'

export interface PullFlags {
  readonly draft: boolean
  readonly title: string | undefined
  readonly body: string | undefined
  readonly repo: string | undefined
  readonly show: boolean
  readonly json: boolean
}

/** Opens it with the words of the outcome, or with one's own. Asked twice, it is the same one. */
export async function open(this: Cli, flags: PullFlags, id: string): Promise<ExitCode> {
  const errand = connect(this.config)
  const runId = await findRun(errand, id)
  const pulls = flags.show ? await seenNow(errand, runId) : [await opened(this, { errand, runId, flags })]
  if (flags.json) this.out.print(...pulls.map((pull) => JSON.stringify({ type: 'pull-request', ...pull })))
  else this.out.print(...pulls.flatMap((pull) => pullLines(pull, this.out.paint)))
  if (pulls.length === 0 && !flags.json) this.out.say(`There is none yet: errand pr ${id}`)
  return EXIT.ok
}

async function opened(
  cli: Cli,
  { errand, runId, flags }: { errand: Errand; runId: RunId; flags: PullFlags },
): Promise<Pull> {
  const which = { runId, ...(flags.repo === undefined ? {} : { repository: flags.repo }) }
  const draft = await errand.api.pullRequests.draft.query(which)
  if (flags.repo === undefined && draft.repositories.length > 1)
    throw new CliError(
      EXIT.usage,
      'The run pushed to more than one repository.',
      `--repo ${draft.repositories.join(' or ')}`,
    )
  const body = flags.body === undefined ? draft.body : await readBody(cli, flags.body)
  const text = { title: flags.title ?? draft.title, body, isDraft: flags.draft }
  return errand.api.pullRequests.open.mutate({ ...which, text })
}

type Pull = Awaited<ReturnType<Errand['api']['pullRequests']['open']['mutate']>>

async function seenNow({ api }: Errand, runId: RunId): Promise<readonly Pull[]> {
  const known = await api.pullRequests.list.query({ runId })
  return Promise.all(known.map(({ id }) => api.pullRequests.refresh.mutate({ id })))
}

async function readBody(cli: Cli, file: string): Promise<string> {
  if (file === '-') return readAll(cli.stdin)
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new CliError(
      EXIT.usage,
      `The description cannot be read: ${reason}.`,
      'Name a text file, or - for standard input.',
    )
  }
}
