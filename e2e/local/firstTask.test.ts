import type { RunId } from '@errand/contracts'
import { pushBranchOf } from '@errand/domain'
import { git, temporaryFolder } from '@errand/testkit'
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { Installation } from '../harness/installation.ts'
import { artifactOf, contiguous, followed, type Followed } from '../harness/runs.ts'
import { proves } from '../requirements.ts'

describe('the first task', () => {
  let errand: Installation
  let run: Followed

  beforeAll(async () => {
    errand = await Installation.fromNothing()
    await errand.start()
    run = await followed(errand, ['Fix the failing test', '--agent', 'demo'])
  })
  afterAll(() => errand.remove())

  it(proves('first-task'), () => {
    expect(run.outcome).toMatchObject({ status: 'succeeded', verdict: 'verified', code: null })
    expect(run.outcome.evidence).toMatchObject({ command: 'npm test', exitCode: 0 })
    expect(run.outcome.changes).toMatchObject([
      { repository: 'local/demo', branch: pushBranchOf(run.runId as RunId, 'Fix the failing test') },
    ])
    expect(contiguous(run.seqs)).toBe(true)
    const tools = run.events.filter((event) => event.type === 'tool.started')
    expect(tools.length).toBeGreaterThan(3)
  })

  it(proves('exit-codes', 'a verified run ends with 0'), () => {
    expect(run.exit).toBe(0)
  })

  it(proves('artifacts-permanent'), async () => {
    const kinds = run.outcome.artifacts.map((one) => one.kind)
    for (const kind of ['patch', 'branch', 'report', 'log']) expect(kinds).toContain(kind)
    const patch = artifactOf(run.outcome, /\.patch$/)
    const answer = await fetch(patch.url, { headers: { authorization: `Bearer ${await errand.token()}` } })
    const bytes = Buffer.from(await answer.arrayBuffer())
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(patch.sha256)
    expect(bytes.length).toBe(patch.sizeBytes)
    expect((await fetch(patch.url)).status).toBe(401)

    const folder = await temporaryFolder('errand-get')
    onTestFinished(folder.remove)
    const file = join(folder.path, 'got.patch')
    expect((await errand.errand(['artifacts', 'get', patch.id, '--output', file])).code).toBe(0)
    expect(await readFile(file)).toEqual(bytes)
  })

  it(proves('own-branch'), async () => {
    const folder = await temporaryFolder('errand-clone')
    onTestFinished(folder.remove)
    const made = await errand.errand(['tokens', 'create', 'git'])
    const token = made.stdout.trim().split(/\s+/).at(-1) ?? ''
    const url = `http://errand:${token}@127.0.0.1:${errand.port}/git/local/demo.git`
    await git(['clone', '--quiet', '--branch', pushBranchOf(run.runId as RunId, 'Fix the failing test'), url, 'demo'], {
      cwd: folder.path,
    })
    const subject = await git(['log', '-1', '--format=%s'], { cwd: join(folder.path, 'demo') })
    expect(subject).not.toBe('')
  })

  it(proves('first-task', 'the demo model says that it is a fixed script'), async () => {
    const report = artifactOf(run.outcome, 'report.md')
    const { stdout } = await errand.errand(['artifacts', 'get', report.id])
    expect(stdout).toContain('fixed script')
  })

  it(proves('retry-names-old'), async () => {
    const retried = await errand.errand(['retry', run.runId, '--follow', '--json'])
    expect(retried.code).toBe(0)
    const created = retried.stdout.split('\n').find((line) => line.includes('"run.created"'))
    expect(JSON.parse(created ?? '{}')).toMatchObject({ event: { retryOf: run.runId } })
  })
})
