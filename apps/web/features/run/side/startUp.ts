import type { StepName } from '@errand/contracts'
import { isTerminal, type RunState } from '@errand/domain'

export interface StartLine {
  readonly name: string
  /** ms since 1970. */
  readonly from: number
  /** Null while it goes on. */
  readonly to: number | null
  readonly state: 'done' | 'now' | 'failed' | 'todo'
  readonly detail: string | null
  /** Said once it takes more than twice `usualMs`. */
  readonly waitsFor: string
  readonly usualMs: number
  /** Why nothing of it is at work yet, as far as whoever gives it its place says. */
  readonly waiting: RunState['waitingFor']
}

interface Words {
  readonly doing: string
  readonly done: string
  readonly waitsFor: string
  readonly usualMs: number
}

const STEPS: Readonly<Partial<Record<StepName, Words>>> = {
  sandbox: {
    doing: 'Starting the sandbox',
    done: 'Sandbox started',
    waitsFor: 'the machine: its processor or its disk is busy',
    usualMs: 1_000,
  },
  wall: {
    doing: 'Proving the wall',
    done: 'Wall proven',
    waitsFor: 'the gateway, which has to be seen to refuse',
    usualMs: 500,
  },
  clone: {
    doing: 'Cloning',
    done: 'Repository cloned',
    waitsFor: 'the host of the repository; a large one takes its time',
    usualMs: 4_000,
  },
  inputs: {
    doing: 'Fetching the input files',
    done: 'Input files fetched',
    waitsFor: 'the gateway, which sends the files',
    usualMs: 1_000,
  },
  setup: {
    doing: 'Running the setup command',
    done: 'Setup',
    waitsFor: 'the setup command; the timeline shows what it prints',
    usualMs: 30_000,
  },
}

/** From the firing to the agent's first sign, as far as it has come; then it is a record. */
export function startLines(state: RunState): readonly StartLine[] {
  const isOver = isTerminal(state.status)
  const lines: StartLine[] = [queueLine(state, isOver)]
  for (const { step, startedAt, ms, ok, detail } of state.steps) {
    const words = STEPS[step]
    if (words === undefined) continue
    const from = Date.parse(startedAt)
    const { waitsFor, usualMs } = words
    const how = ok === null ? (isOver ? 'failed' : 'now') : ok ? 'done' : 'failed'
    const to = ms === null ? (isOver ? timeOf(state.endedAt) : null) : from + ms
    const waiting = step === 'sandbox' && how === 'now' ? state.waitingFor : null
    const name = how === 'done' ? words.done : words.doing
    const line = { name, from, to, state: how, detail, waitsFor, usualMs, waiting } as const
    lines.push(...(step === 'sandbox' ? sandboxLines(line, state.placed) : [line]))
  }
  const agent = state.steps.find(({ step }) => step === 'agent')
  if (agent !== undefined) lines.push(agentLine(agent.startedAt, state, isOver))
  return lines
}

const SCHEDULING = { waitsFor: 'the cluster to choose a node', usualMs: 1_000 } as const
const IMAGE = { waitsFor: 'the images, which come to the node once', usualMs: 1_000 } as const

/** On a cluster a sandbox has a way to go: to a node, then the images to it, then its start. */
function sandboxLines(line: StartLine, placed: RunState['placed']): readonly StartLine[] {
  if (placed === null) {
    const isScheduling = line.state !== 'done' && line.waiting?.code.startsWith('cluster.') === true
    return [isScheduling ? { ...line, ...SCHEDULING, name: 'Scheduling' } : line]
  }
  const { node, images } = placed
  // Told after the sandbox had started, nobody saw how long each took: then all of it goes to the start.
  const toldAt = (at: string, before: number) => (Date.parse(at) > (line.to ?? Infinity) ? before : Date.parse(at))
  const placedAt = toldAt(placed.at, line.from)
  const done = { state: 'done', detail: null, waiting: null } as const
  const scheduled = { ...line, ...SCHEDULING, ...done, name: `Scheduled on ${node}`, to: placedAt }
  if (images === null && line.state !== 'done')
    return [scheduled, { ...line, ...IMAGE, name: 'Getting the image', from: placedAt }]
  // A quick start may be over before the cluster has said anything of the image.
  if (images === null) return [scheduled, { ...line, from: placedAt }]
  const imagesAt = toldAt(images.at, placedAt)
  const image = { ...line, ...IMAGE, ...done, name: `Image ${images.words}`, from: placedAt, to: imagesAt }
  return [scheduled, image, { ...line, from: imagesAt }]
}

function queueLine({ createdAt, admittedAt, endedAt }: RunState, isOver: boolean): StartLine {
  const to = timeOf(admittedAt) ?? (isOver ? timeOf(endedAt) : null)
  const how = admittedAt !== null ? 'done' : isOver ? 'failed' : 'now'
  const waitsFor = 'a place: as many runs as may go on at once do'
  return {
    name: 'Queued',
    from: Date.parse(createdAt),
    to,
    state: how,
    detail: null,
    waitsFor,
    usualMs: 1_000,
    waiting: null,
  }
}

function agentLine(startedAt: string, state: RunState, isOver: boolean): StartLine {
  const isSeen = state.agentStartedAt !== null
  // A script names no model and says nothing of itself: that its step began is all there is to see.
  const isScript =
    state.model === null && (isOver || state.steps.some(({ step, ms }) => step === 'agent' && ms !== null))
  const to = timeOf(state.agentStartedAt) ?? (isScript ? Date.parse(startedAt) : isOver ? timeOf(state.endedAt) : null)
  return {
    name: isSeen || isScript ? 'Agent started' : 'Starting the agent',
    from: Date.parse(startedAt),
    to,
    state: isSeen || isScript ? 'done' : isOver ? 'failed' : 'now',
    detail: null,
    waitsFor: 'the first sign of the agent',
    usualMs: 3_000,
    waiting: null,
  }
}

function timeOf(at: string | null): number | null {
  return at === null ? null : Date.parse(at)
}
