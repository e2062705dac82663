import type { RunId } from '@errand/contracts'
import { expect, test } from 'vitest'
import { branchProblem } from '../repository/checkout.ts'
import { pushBranchOf } from './pushBranch.ts'

const RUN = 'run01kdvdna00t20dy92p1ank3zfq' as RunId

test.each([
  ['Fix the failing test', 'errand/fix-the-failing-test-nk3zfq'],
  ['Größe prüfen: été!', 'errand/grosse-prufen-ete-nk3zfq'],
  ['修复测试', 'errand/run-nk3zfq'],
  ['../../main @{x} ~^:?*[\\ .lock', 'errand/main-x-lock-nk3zfq'],
  ['Move all of the rate limits of the api to a shared store', 'errand/move-all-of-the-rate-limits-of-the-api-nk3zfq'],
  ['x'.repeat(500), `errand/${'x'.repeat(40)}-nk3zfq`],
])('%j goes to %s', (prompt, branch) => {
  expect(pushBranchOf(RUN, prompt.replace('ß', 'ss'))).toBe(branch)
  expect(branchProblem(branch)).toBeNull()
})
