import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { networkInterfaces } from 'node:os'
import { Fault, type RunEvent, type RunId } from '@errand/contracts'
import { addressKind } from '@errand/domain'
import type { Actor, EngineDeps } from '../deps.ts'
import type { BoundaryCheck } from '../org/boundary.ts'
import { markRuns } from '../lists/marks.ts'
import { cancelRun } from '../run/cancelRun.ts'
import { createRun } from '../run/createRun.ts'
import { watchEvents } from '../run/readEvents.ts'
import { wallLines } from './wallLines.ts'

const PROBE = new URL('runProbe.ts', import.meta.url)
const AGENT = 'shell'
const DEADLINE_MS = 60_000

/**
 * Fires a real run that tries the gateway's wall from an agent's place: private addresses of this machine through the
 * proxy with every public host allowed, and tokens in sight. It is archived at its end: what it says is on the page that asked.
 */
export async function proveRun(owner: Actor, deps: EngineDeps): Promise<readonly BoundaryCheck[]> {
  const bait = await openBait()
  try {
    const targets = ['127.0.0.1', 'localhost', '[::1]', ...privateAddresses()].map((host) => `${host}:${bait.port}`)
    const output = await outputOf(owner, await scriptFor(targets), deps)
    const checks = output
      .split('\n')
      .filter((line) => line.startsWith('{"name"'))
      .map((line) => JSON.parse(line) as BoundaryCheck)
    const visits = bait.visits()
    const reached = {
      name: 'Nothing came through the proxy',
      ok: visits === 0,
      tried: `listen on port ${bait.port} of this machine meanwhile`,
      happened: `${visits} connections`,
    }
    return checks.length > targets.length ? [...checks, reached] : [...checks, unfinished(output)]
  } catch (error) {
    if (error instanceof Fault) return [unfinished(error.message)]
    throw error
  } finally {
    await bait.close()
  }
}

function unfinished(happened: string): BoundaryCheck {
  const tried = `fire a run of the agent \`${AGENT}\``
  return {
    name: 'The run of the self-test runs to its end',
    ok: false,
    tried,
    happened: happened.slice(-500) || 'it said nothing',
  }
}

async function scriptFor(targets: readonly string[]): Promise<string> {
  const source = await readFile(PROBE, 'utf8')
  return `# errand doctor: tries the wall from inside a run\nexec node --input-type=module-typescript - "$HTTPS_PROXY" ${targets.join(' ')} <<'PROBE'\n${source}\nPROBE\n`
}

async function outputOf(owner: Actor, prompt: string, engine: EngineDeps): Promise<string> {
  const { runId } = await createRun(owner, { prompt, agent: AGENT, repositories: [], network: 'full' }, engine)
  try {
    return await followed(owner, runId, engine)
  } finally {
    await markRuns(owner, { runIds: [runId], isSeen: true, isArchived: true }, engine)
  }
}

async function followed(owner: Actor, runId: RunId, engine: EngineDeps): Promise<string> {
  const signal = AbortSignal.timeout(DEADLINE_MS)
  let output = ''
  for await (const { body } of watchEvents(owner, { runId, after: 0, signal }, engine)) {
    output +=
      body.type === 'step.finished' && body.step === 'wall' ? await wallLines(runId, body, engine) : textOf(body)
    if (body.type === 'run.finished' || body.type === 'run.ended') return output
  }
  await cancelRun(owner, runId, engine)
  return `it did not end within ${DEADLINE_MS / 1000} s. ${output}`
}

function textOf(body: RunEvent['body']): string {
  if (body.type === 'output.appended') return body.text
  return body.type === 'run.ended' ? ` ${body.code} ${body.detail ?? ''}` : ''
}

/** Of this machine's own; a public one is what `full` means. */
function privateAddresses(): readonly string[] {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])
  const own = all.filter(({ internal, address }) => !internal && !address.startsWith('fe80:'))
  return own
    .filter(({ address }) => addressKind(address).kind !== 'public')
    .map(({ address, family }) => (family === 'IPv6' ? `[${address}]` : address))
}

async function openBait(): Promise<{ port: number; visits(): number; close(): Promise<void> }> {
  let visits = 0
  const server = createServer((socket) => {
    visits++
    socket.destroy()
  })
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the listener has no port')
  return {
    port: address.port,
    visits: () => visits,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}
