/**
 * `npm run conformance -- server [REVISION] [SCENARIO]`: the server suite of the Model Context Protocol against one
 * server, asked directly, through the gateway, and through gateway and bridge. On the way nothing may get lost.
 */
import { createServers, type Via } from './servers.ts'
import { type Outcome, print, REVISIONS, runSuite } from './suite.ts'

/** Scenarios in which fewer checks are made on the way, and why. None of them fails. */
const OTHERWISE: Readonly<Partial<Record<Via, Readonly<Record<string, string>>>>> = {
  bridge: { 'server-sse-multiple-streams': 'what is answered at once is JSON, so there are no streams to look at' },
}

const [wanted, scenario] = process.argv.slice(2)
const servers = await createServers()
let isFine = true
try {
  for (const revision of REVISIONS.filter((one) => wanted === undefined || one === wanted)) {
    let direct: Outcome | null = null
    for (const { via, url } of servers.all) {
      const args = ['--url', url, '--timeout', '20000']
      const outcome = await runSuite({ suite: 'server', revision, scenario, args })
      print({ suite: 'server', revision, via }, outcome)
      const lost = lostOf((direct ??= outcome), outcome, via)
      for (const words of lost) process.stderr.write(`${revision} ${via} ${words}\n`)
      isFine = isFine && lost.length === 0 && direct.size > 0
    }
  }
} finally {
  await servers.close()
}
process.exitCode = isFine ? 0 : 1

function lostOf(direct: Outcome, outcome: Outcome, via: Via): readonly string[] {
  return [...direct].flatMap(([name, { passed, failed }]) => {
    if (via === 'direct') return failed > 0 ? [`${name}: ${failed} checks failed`] : []
    const here = outcome.get(name) ?? { passed: 0, failed: 1 }
    const isFewer = here.passed < passed && OTHERWISE[via]?.[name] === undefined
    return isFewer || here.failed > failed ? [`${name}: ${here.passed} of ${passed} checks passed`] : []
  })
}
