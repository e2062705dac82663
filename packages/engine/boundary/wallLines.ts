import type { RunEventBody, RunId, WallReport } from '@errand/contracts'
import { findSandboxOfRun } from '@errand/store'
import type { EngineDeps } from '../deps.ts'
import type { BoundaryCheck } from '../org/boundary.ts'

type WallStep = Extract<RunEventBody, { type: 'step.finished' }>
type Target = WallReport['targets'][number]

/**
 * On a cluster the runner proves the wall before anything else: what it dialled until it stood, one check each, in the form
 * of the probe's own lines.
 */
export async function wallLines(
  runId: RunId,
  { ok, detail = '' }: WallStep,
  { db }: Pick<EngineDeps, 'db'>,
): Promise<string> {
  const wall = (await findSandboxOfRun(db, runId))?.wall ?? null
  const whole: BoundaryCheck = {
    name: 'The wall stands before anything starts',
    ok,
    tried: 'dial all of the following again and again, until each was as it must be twice in a row',
    happened: wall === null ? detail : `${detail}; it stood after ${Math.round(wall.ms)} ms and ${wall.rounds} rounds`,
  }
  return [whole, ...(wall?.targets ?? []).map(checkOf)].map((check) => `${JSON.stringify(check)}\n`).join('')
}

const NAMES: Readonly<Record<Target['what'], string>> = {
  gateway: 'The gateway answers',
  canary: 'The canary is closed, which the network policy alone closes',
  closed: 'Closed from inside the pod',
}

function checkOf({ what, address, wasOpen, ms }: Target): BoundaryCheck {
  const after = `${Math.round(ms)} ms after the pod’s start`
  const closed = wasOpen ? `open at first, closed ${after}` : `closed, first seen ${after}`
  return {
    name: NAMES[what],
    ok: true,
    tried: `dial ${address}`,
    happened: what === 'gateway' ? `answered ${after}` : closed,
  }
}
