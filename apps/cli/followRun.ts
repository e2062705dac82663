import type { RunEvent, RunId } from '@errand/contracts'
import type { Errand } from './connection/errand.ts'
import { untilReached, watchRun } from './connection/watchRun.ts'
import type { Cli } from './context.ts'
import { EXIT, type ExitCode } from './exit.ts'
import { FOLLOW_START, type Follow, follow, slowTools } from './format/follow.ts'
import { statusLine } from './format/followStatus.ts'
import { eventLine, outcomeLine } from './format/json.ts'
import { type Finished, outcomeLines } from './format/outcome.ts'

const TICK_MS = 500

/**
 * Shows a run until it is over and the last process of its sandbox is gone; the exit code is the run's verdict.
 * Ctrl-C detaches: the run goes on.
 */
export async function followRun(
  cli: Cli,
  errand: Errand,
  { runId, isJson }: { runId: RunId; isJson: boolean },
): Promise<ExitCode> {
  if (isJson) await watchAsJson(cli, errand, runId)
  else await watchAsLines(cli, errand, runId)
  if (cli.interrupted.aborted) {
    cli.out.say(
      `Detached: the run goes on. See it again with \`errand watch ${runId}\`, stop it with \`errand cancel ${runId}\`.`,
    )
    return EXIT.interrupted
  }
  const finished = await readFinished(cli, errand, runId)
  if (isJson) cli.out.print(outcomeLine(runId, finished))
  else cli.out.print(...outcomeLines(finished, cli.out.paint))
  return exitOfRun(finished)
}

export async function readFinished(cli: Cli, errand: Errand, runId: RunId): Promise<Finished> {
  const [run, artifacts] = await untilReached(
    () => Promise.all([errand.api.runs.get.query({ runId }), errand.api.artifacts.list.query({ runId })]),
    cli.interrupted,
  )
  const { RUN_FAULTS } = await import('@errand/contracts')
  const remedy = run.state.code === null || run.state.status === 'succeeded' ? null : RUN_FAULTS[run.state.code].remedy
  return { state: run.state, artifacts, remedy, address: errand.place.address }
}

export function exitOfRun({ state }: Finished): ExitCode {
  if (state.status === 'cancelled') return EXIT.cancelled
  return state.status === 'succeeded' ? EXIT.ok : EXIT.failed
}

function watchAsJson({ out, interrupted }: Cli, errand: Errand, runId: RunId): Promise<void> {
  return watchRun(errand, runId, {
    onEvent: (event) => out.print(eventLine(runId, event)),
    onConnection: (state) => out.say(state === 'connected' ? 'connected again' : 'reconnecting…'),
    signal: interrupted,
  })
}

async function watchAsLines({ out, interrupted }: Cli, errand: Errand, runId: RunId): Promise<void> {
  let state: Follow = { ...FOLLOW_START, runId }
  let isAway = false
  const refresh = () =>
    out.status(
      isAway ? out.paint.yellow('        … reconnecting') : statusLine(state, new Date(), out.columns, out.paint),
    )
  const onEvent = (event: RunEvent) => {
    const next = follow(state, event, out.paint)
    state = next.state
    if (next.lines.length > 0) out.print(...next.lines)
    refresh()
  }
  const ticker = setInterval(() => {
    const slow = slowTools(state, new Date(), out.paint)
    state = slow.state
    if (slow.lines.length > 0 && !out.isTty) out.print(...slow.lines)
    refresh()
  }, TICK_MS)
  const onConnection = (connection: 'reconnecting' | 'connected') => {
    isAway = connection === 'reconnecting'
    // A first connection takes a moment as well; only one that was lost is worth a line.
    if (state.seq > 0) out.say(out.paint.yellow(isAway ? 'reconnecting…' : 'connected again'))
  }
  try {
    await watchRun(errand, runId, { onEvent, onConnection, signal: interrupted })
  } finally {
    clearInterval(ticker)
    out.status(null)
  }
}
