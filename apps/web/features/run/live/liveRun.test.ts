import type { RunEvent, RunEventBody } from '@errand/contracts'
import { reduce, type RunState } from '@errand/domain'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { rowsOf } from '../../timeline/rows.ts'
import { type LiveClock, LiveRun, PAGE, type RunSource } from './liveRun.ts'
import { RunFold } from './runFold.ts'

const created: RunEventBody = {
  type: 'run.created',
  agent: 'a',
  agentVersion: 1,
  by: 'p',
  repositories: [],
  budgetUsd: 5,
}
const kinds: readonly ((n: number) => RunEventBody)[] = [
  (n) => ({ type: 'text.appended', text: `word ${n} ` }),
  (n) => ({ type: 'tool.started', id: `t${n}`, tool: 'Bash', target: `echo ${n}` }),
  (n) => ({ type: 'tool.finished', id: `t${n - 1}`, ok: n % 5 !== 0, ms: 10, output: `out ${n}` }),
  (n) => ({ type: 'egress.blocked', host: `h${n % 7}.example`, port: 443, code: 'egress.host-denied' }),
]
const log = (length: number): RunEvent[] =>
  Array.from({ length }, (_, index) => ({
    seq: index + 1,
    at: new Date(1_767_225_600_000 + index * 10).toISOString(),
    body: index === 0 ? created : ((kinds[index % kinds.length] ?? kinds[0])?.(index) ?? created),
  }))

/** Paints and waits are done when the test says so. */
function handClock() {
  const work: (() => void)[] = []
  const clock: LiveClock = {
    beforePaint: (one) => void work.push(one),
    after: (_ms, one) => {
      work.push(one)
      return () => void work.splice(work.indexOf(one), work.includes(one) ? 1 : 0)
    },
  }
  const settle = async () => {
    for (let round = 0; round < 50; round += 1) {
      for (const one of work.splice(0)) one()
      await Promise.resolve()
    }
  }
  return { clock, settle }
}

/** A server with a log that grows, whose pages and streams break when the dice say so. */
class Server implements RunSource {
  readonly events: readonly RunEvent[]
  readonly #roll: () => number
  length = 1
  isCalm = false
  #hearer: Parameters<RunSource['watch']>[1] | null = null
  #sent = 0

  constructor(events: readonly RunEvent[], roll: () => number) {
    this.events = events
    this.#roll = roll
  }

  openFold(): Promise<RunFold> {
    return this.isCalm || this.#roll() % 5 > 0 ? Promise.resolve(new RunFold()) : Promise.reject(new Error('no script'))
  }

  readPage(after: number): Promise<readonly RunEvent[]> {
    if (!this.isCalm && this.#roll() % 5 === 0) return Promise.reject(new Error('the line broke'))
    return Promise.resolve(this.events.slice(after, Math.min(after + PAGE, this.length)))
  }

  watch(after: number, hearer: Parameters<RunSource['watch']>[1]): () => void {
    this.#hearer = hearer
    this.#sent = after
    return () => (this.#hearer = null)
  }

  grow(by: number): void {
    this.length = Math.min(this.length + by, this.events.length)
    const dice = this.#roll() % 6
    // A dead line that nobody has noticed; one that says so; one that goes back; one that leaves something out.
    if (dice === 0) this.#sent = this.length
    if (dice === 1) return this.#hearer?.onError(new Error('cut'))
    if (dice === 2) this.#sent = Math.max(0, this.#sent - 5)
    if (dice === 3) this.#sent = Math.min(this.length, this.#sent + 2)
    for (const event of this.events.slice(this.#sent, this.length)) this.#hearer?.onEvent(event)
    this.#sent = this.length
  }
}

test('whatever breaks, what is shown is the fold of the whole log, each event once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(1_000), { minLength: 200, maxLength: 200 }), async (dice) => {
      let at = 0
      const roll = () => dice[at++ % dice.length] ?? 1
      const events = log(2_500)
      const server = new Server(events, roll)
      const { clock, settle } = handClock()
      const live = new LiveRun(server, clock)
      let stop = live.watch(() => undefined)
      while (server.length < events.length) {
        await settle()
        server.grow(1 + (roll() % 120))
        if (roll() % 9 === 0) live.refresh()
        if (roll() % 13 === 0) {
          stop()
          stop = live.watch(() => undefined)
        }
      }
      server.isCalm = true
      for (let round = 0; round < 20 && live.get().seq < events.length; round += 1) {
        live.refresh()
        await settle()
      }
      const { seq, state, rows } = live.get()
      expect(seq).toBe(events.length)
      expect(state).toEqual(events.reduce<RunState | null>(reduce, null))
      expect(rows).toEqual(rowsOf(events))
      stop()
    }),
    { numRuns: 10 },
  )
}, 30_000)

test('many events are one paint', async () => {
  const events = log(500)
  const server = new Server(events, () => 4)
  const { clock, settle } = handClock()
  const live = new LiveRun(server, clock)
  let paints = 0
  live.watch(() => (paints += 1))
  await settle()
  const before = paints
  server.grow(499)
  await settle()
  expect(live.get().seq).toBe(500)
  expect(paints - before).toBe(1)
})
