import type { RunId } from '@errand/contracts'
import { connect, type Errand } from '../connection/errand.ts'
import { watchRun } from '../connection/watchRun.ts'
import { faultOf } from '../connection/explain.ts'
import type { Cli } from '../context.ts'
import { EXIT, type ExitCode } from '../exit.ts'
import { followRun, readFinished } from '../followRun.ts'
import { runLine } from '../format/json.ts'
import { costWords } from '../format/followUsage.ts'
import { statusWord } from '../format/outcome.ts'
import { painter } from '../format/paint.ts'
import { table } from '../format/table.ts'
import { duration, fit, minute, oneLine } from '../format/text.ts'

export async function list(this: Cli, flags: { limit: number; json: boolean }): Promise<ExitCode> {
  const { api } = connect(this.config)
  const { runs, next } = await api.runs.list.query({ limit: flags.limit })
  if (flags.json) {
    for (const { id, state, agent, prompt } of runs) {
      this.out.print(
        JSON.stringify({
          type: 'run',
          runId: id,
          status: state.status,
          verdict: state.verdict,
          code: state.code,
          createdAt: state.createdAt,
          agent,
          prompt,
        }),
      )
    }
    return EXIT.ok
  }
  if (runs.length === 0) {
    this.out.say('No task has been fired yet: errand run "Fix the failing test"')
    return EXIT.ok
  }
  const rows = runs.map(({ id, state, agent, prompt, queuePosition }) => [
    id,
    minute(state.createdAt),
    queuePosition === null
      ? statusWord(state.status, state.verdict, painter(false))
      : `· queued, ${queuePosition}. in line`,
    state.usage.calls === 0 ? '' : costWords(state.usage, null),
    agent,
    fit(oneLine(prompt), 60),
  ])
  this.out.print(...table(['RUN', 'FIRED (UTC)', 'STATE', 'COST', 'AGENT', 'TASK'], rows, this.out.paint))
  if (next !== null) this.out.say(this.out.paint.dim('There are more: --limit shows up to 100.'))
  return EXIT.ok
}

export async function watch(this: Cli, flags: { json: boolean }, id: string): Promise<ExitCode> {
  const errand = connect(this.config)
  const runId = await findRun(errand, id)
  if (flags.json) {
    const run = await errand.api.runs.get.query({ runId })
    this.out.print(runLine({ id: runId, status: run.state.status, verdict: run.state.verdict }))
  }
  return followRun(this, errand, { runId, isJson: flags.json })
}

/** Asks for the end and waits for it: only when the last process is gone is that said. */
export async function cancel(this: Cli, _flags: object, id: string): Promise<ExitCode> {
  const errand = connect(this.config)
  const runId = await findRun(errand, id)
  const began = Date.now()
  const isOverAlready = await askToCancel(errand, runId)
  if (!isOverAlready) this.out.say('Asked to stop; waiting for the last process to go.')
  await watchRun(errand, runId, { onEvent: () => {}, onConnection: () => {}, signal: this.interrupted })
  if (this.interrupted.aborted) {
    this.out.say('The run is told to stop, and will; this command no longer waits for it.')
    return EXIT.interrupted
  }
  const { state } = await readFinished(this, errand, runId)
  const word = statusWord(state.status, state.verdict, this.out.paint)
  if (isOverAlready) this.out.print(`${word}  The run was over already; its last process is gone.`)
  else this.out.print(`${word}  The last process is gone, ${duration(Date.now() - began)} after it was asked to stop.`)
  return EXIT.ok
}

async function askToCancel(errand: Errand, runId: RunId): Promise<boolean> {
  try {
    await errand.api.runs.cancel.mutate({ runId })
    return false
  } catch (error) {
    if (faultOf(error)?.wire.code === 'run.over') return true
    throw error
  }
}

export async function retry(this: Cli, flags: { follow: boolean; json: boolean }, id: string): Promise<ExitCode> {
  const errand = connect(this.config)
  const { runId } = await errand.api.runs.retry.mutate({ runId: await findRun(errand, id) })
  this.out.print(flags.json ? runLine({ id: runId, status: 'queued', verdict: null }) : runId)
  return flags.follow ? followRun(this, errand, { runId, isJson: flags.json }) : EXIT.ok
}

/** A whole id, or as much of its beginning as tells it from the others. */
export async function findRun(errand: Errand, id: string): Promise<RunId> {
  return (await errand.api.runs.find.query({ prefix: id })).runId
}
