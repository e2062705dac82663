import { expect, it, onTestFinished } from 'vitest'
import { differencesFromPage } from '../harness/documentedLines.ts'
import { Installation } from '../harness/installation.ts'
import { followed } from '../harness/runs.ts'
import { must } from '../harness/world.ts'
import { proves } from '../requirements.ts'

it(proves('json-documented'), async () => {
  const errand = await Installation.make()
  onTestFinished(() => errand.remove())
  await errand.start()
  const { runId } = await followed(errand, ['Fix the failing test', '--agent', 'demo'])
  for (const args of [['watch', runId], ['artifacts', 'ls', runId], ['runs'], ['settings']]) {
    const printed = await must(errand, [...args, '--json'])
    expect(await differencesFromPage(printed), args.join(' ')).toEqual([])
  }
})
