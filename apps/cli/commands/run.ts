import type { Autonomy, BlockedHost, CreateRun, InputFile, NetworkLevel, RepositoryInput } from '@errand/contracts'
import { randomUUID } from 'node:crypto'
import { openAsBlob } from 'node:fs'
import { basename } from 'node:path'
import { connect, type Errand } from '../connection/errand.ts'
import type { Cli } from '../context.ts'
import { CliError, EXIT, type ExitCode } from '../exit.ts'
import { followRun } from '../followRun.ts'
import { runLine } from '../format/json.ts'
import { readAll } from '../secret.ts'

export interface RunFlags {
  readonly repo: readonly string[] | undefined
  readonly noRepo: boolean
  readonly branch: string | undefined
  readonly agent: string | undefined
  readonly input: readonly string[] | undefined
  readonly budget: number | undefined
  readonly minutes: number | undefined
  readonly network: NetworkLevel | undefined
  readonly model: string | undefined
  readonly autonomy: Autonomy | undefined
  readonly onBlockedHost: BlockedHost | undefined
  readonly verify: string | undefined
  readonly follow: boolean
  readonly json: boolean
}

/** Fires a task. Input files go first, so a run is never made without what it needs. */
export async function run(this: Cli, flags: RunFlags, prompt?: string): Promise<ExitCode> {
  const text = await promptText(this, prompt)
  const errand = connect(this.config)
  const inputs: InputFile[] = []
  for (const path of flags.input ?? []) inputs.push(await upload(errand, path))
  const request = { ...toRequest(flags, text), inputs, idempotencyKey: randomUUID() }
  const { runId } = await errand.api.runs.create.mutate(request)
  if (flags.json) this.out.print(runLine({ id: runId, status: 'queued', verdict: null }))
  else if (flags.follow) this.out.print(`${this.out.paint.bold(runId)}`)
  else this.out.print(runId)
  if (flags.follow) return followRun(this, errand, { runId, isJson: flags.json })
  if (!flags.json) this.out.say(this.out.paint.dim(`Fired. Watch it with \`errand watch ${runId}\`.`))
  return EXIT.ok
}

async function promptText({ stdin }: Cli, prompt: string | undefined): Promise<string> {
  if (prompt === '-') return readAll(stdin)
  if (prompt !== undefined) return prompt
  throw new CliError(
    EXIT.usage,
    'Say what should be done.',
    'errand run "Fix the failing test", or `errand run -` to read it from standard input.',
  )
}

/** What was not said is left out: the agent decides it. */
export function toRequest(flags: Omit<RunFlags, 'follow' | 'json' | 'input'>, prompt: string): CreateRun {
  const repositories = flags.noRepo ? [] : flags.repo?.map((one) => toRepository(one, flags.branch))
  if (flags.noRepo && flags.repo !== undefined)
    throw new CliError(EXIT.usage, '--repo and --no-repo contradict each other.')
  if (flags.branch !== undefined && flags.repo === undefined)
    throw new CliError(EXIT.usage, '--branch needs the --repo it belongs to.')
  const said = {
    prompt,
    agent: flags.agent,
    repositories,
    budgetUsd: flags.budget,
    deadlineMinutes: flags.minutes,
    network: flags.network,
    model: flags.model,
    autonomy: flags.autonomy,
    onBlockedHost: flags.onBlockedHost,
    verify: flags.verify,
  }
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined)) as unknown as CreateRun
}

/** A bare name is a repository kept by Errand; `#branch` names the branch of this one. */
function toRepository(given: string, branch: string | undefined): RepositoryInput {
  const [address = '', own] = given.split('#', 2)
  const repository = address.includes('/') ? address : `local/${address}`
  const chosen = own ?? branch
  return chosen === undefined ? { repository } : { repository, branch: chosen }
}

/** Node refuses some files by a rejection and others before there is a promise. */
async function open(path: string): Promise<Blob> {
  try {
    return await openAsBlob(path)
  } catch {
    throw new CliError(EXIT.usage, `The input file ${path} cannot be read.`)
  }
}

async function upload(errand: Errand, path: string): Promise<InputFile> {
  const body = await open(path)
  const response = await errand.fetch(`/inputs?name=${encodeURIComponent(basename(path))}`, { method: 'PUT', body })
  return (await response.json()) as InputFile
}
