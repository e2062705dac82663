import { until } from '@errand/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Installation } from '../harness/installation.ts'
import { artifactOf, contiguous, followed } from '../harness/runs.ts'
import { must } from '../harness/world.ts'

describe('a run in a Job', () => {
  let errand: Installation

  beforeAll(async () => {
    errand = await Installation.make()
    await errand.start()
  })
  afterAll(() => errand.remove())

  it('brings back what a script made, and leaves nothing on the cluster', async () => {
    const script = 'id; echo made > "$ERRAND_ARTIFACTS/made.txt"'
    const run = await followed(errand, [script, '--agent', 'shell', '--no-repo'])
    expect(run.outcome, JSON.stringify(run.outcome, null, 1)).toMatchObject({ status: 'succeeded', code: null })
    expect(contiguous(run.seqs)).toBe(true)
    const placed = run.events.find(({ type }) => type === 'sandbox.placed')
    expect(placed, 'it says where it was scheduled').toMatchObject({ node: expect.stringMatching(/./) })
    expect(await must(errand, ['artifacts', 'get', artifactOf(run.outcome, 'made.txt').id])).toBe('made\n')
    await until(async () => Object.keys((await errand.place?.leftovers()) ?? {}).length === 0, {
      deadlineMs: 20_000,
      what: 'nothing left on the cluster',
    })
  })
})
