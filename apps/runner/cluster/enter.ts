import { existsSync } from 'node:fs'
import type { Agent } from 'node:http'
import {
  type BridgeBoot,
  type InstallBoot,
  OOM_FILES,
  type RunFaultCode,
  type RunnerBoot,
  type RunSpec,
  type WallReport,
} from '@errand/contracts'
import type { Clock } from '../clock.ts'
import { claimRun, tellFailure } from './claim.ts'
import { http } from '../http.ts'
import { rehearseWhileWaiting } from '../rehearse.ts'
import type { Place } from './place.ts'
import { probe } from './probe.ts'
import { proveWall } from './wall.ts'

/** What the log of the run says of the wall. */
export interface WallStep {
  readonly ms: number
  readonly detail: string
}

/** What came with the token: its task, unless the gateway is an older one, and the connection. */
export interface Given {
  readonly spec: RunSpec | null
  readonly agent: Agent
}

export type Entrance =
  | { readonly kind: 'run'; readonly boot: RunnerBoot; readonly wall: WallStep; readonly given: Given }
  /** It is a hosted server's: the bridge goes on from here, with this as its boot line. */
  | { readonly kind: 'bridge'; readonly boot: BridgeBoot | InstallBoot }
  /** There is nothing to do here; `words` where something went wrong. */
  | { readonly kind: 'end'; readonly words: string | null }

export interface EnterDeps {
  readonly clock: Clock
  readonly random: () => number
  /** When this process began, on the clock. */
  readonly startedAt: number
}

/**
 * The way into a run on a cluster: the wall first, then the claim. Nothing untrusted is here before, and no token.
 */
export async function enterRun(place: Place, deps: EnterDeps): Promise<Entrance> {
  const { clock } = deps
  const callOff = rehearseWhileWaiting(place.home, clock)
  const proving = proveWall(place, { clock, probe, startedAt: deps.startedAt })
  // Loaded while the first looks are under way.
  http()
  const wall = await proving
  if (wall.kind !== 'stands') {
    const failure = { code: wall.kind === 'open' ? 'wall.open' : 'wall.blocked', detail: wall.detail } as const
    await tellFailure(place, failure, deps)
    return { kind: 'end', words: lastWords(failure) }
  }
  const stoodAt = clock.now()
  const claimed = await claimRun(place, wall.report, deps)
  callOff()
  switch (claimed.kind) {
    case 'dismissed':
      return { kind: 'end', words: null }
    case 'refused':
      return { kind: 'end', words: claimed.words }
    case 'granted': {
      const { token, program, agent, spec = null } = claimed
      const gateway = { kind: 'tcp', ...place.gateway } as const
      if (program !== undefined) {
        agent.destroy()
        return { kind: 'bridge', boot: { ...program, gateway: { ...gateway, token } } }
      }
      return {
        kind: 'run',
        boot: {
          gateway,
          token,
          workspace: place.workspace,
          home: place.home,
          claudePath: place.claudePath,
          oomFile: OOM_FILES.find((file) => existsSync(file)) ?? null,
        },
        wall: wallStep(wall.report, clock.now() - stoodAt),
        given: { spec, agent },
      }
    }
  }
}

/** Of the container's own cgroup, in version 2 and 1. */
/** The cluster keeps what a container printed last: where the gateway is out of reach, this is how the reason is heard. */
function lastWords({ code, detail }: { code: RunFaultCode; detail: string }): string {
  return `${code}: ${detail}`
}

const WAITED_MS = 1_000

export function wallStep({ ms, targets }: WallReport, waitedMs: number): WallStep {
  if (waitedMs >= WAITED_MS) return { ms: 0, detail: `proven ${ago(waitedMs)} before, while it waited` }
  const closed = targets.filter(({ what }) => what !== 'gateway')
  const open = closed.filter(({ wasOpen }) => wasOpen).length
  const words = `closed ${ms} ms after the sandbox’s start; ${closed.length} ${closed.length === 1 ? 'target' : 'targets'} refused`
  return { ms, detail: open === 0 ? words : `${words}, ${open} of them open at first` }
}

function ago(ms: number): string {
  const [seconds, minutes, hours] = [ms / 1_000, ms / 60_000, ms / 3_600_000].map(Math.round) as [
    number,
    number,
    number,
  ]
  if (seconds < 100) return `${seconds} s`
  return minutes < 100 ? `${minutes} min` : `${hours} h`
}
