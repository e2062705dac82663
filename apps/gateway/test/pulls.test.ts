import { Fault, type FaultCode, type PullText } from '@errand/contracts'
import { appendEvents, draftPull, listPulls, openPull, readRun, refreshPull } from '@errand/engine'
import { type ForgeHost, type ForgeKind, git, startForge, until } from '@errand/testkit'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type LiveGateway, startLiveGateway } from './support/liveGateway.ts'

const TOKEN = 'canary-forge-1b2c3d'
const TEXT: PullText = { title: 'Greet people', body: 'Because.\n', isDraft: false }
const CHECK = { name: 'test', state: 'passed', url: 'http://127.0.0.1/checks/1' } as const

let live: LiveGateway
beforeAll(async () => void (live = await startLiveGateway({ pullPollMs: 50 })))
afterAll(() => live.close())

/** What every forge has to do, told by its own API. */
describe.each<ForgeKind>(['github', 'gitlab', 'gitea'])('pull requests on %s', (kind) => {
  let forge: ForgeHost
  let repository: string

  beforeAll(async () => {
    forge = await startForge(kind, { password: TOKEN })
    repository = `${forge.url}/acme/app.git`
    await forge.create('acme/app.git', [{ 'README.md': 'Hello\n' }])
    await setToken(TOKEN)
  })
  afterAll(() => forge.close())
  afterEach(async () => {
    forge.behave({ limitedUntil: null, mayWrite: true, mayReadChecks: true, hasDrafts: true })
    forge.setChecks([])
    await setToken(TOKEN)
  })

  const setToken = (token: string, more: object = {}) =>
    live.addCredential(
      `forge-${kind}`,
      { type: 'git', host: forge.host, username: forge.username, private: true, ...more },
      token,
    )

  /** A run that is over and has pushed its branch. */
  async function finishedRun(prompt = 'Say hello to *people*') {
    const run = await live.run({ prompt, repositories: [{ repository }], agent: 'shell' })
    const view = await readRun(live.owner, run.runId, live.engine)
    const branch = view.repositories[0]?.pushBranch ?? ''
    const folder = await forge.create(`trees/${run.runId}.git`, [
      { 'README.md': 'Hello\n' },
      { 'a.txt': `${run.runId}\n` },
    ])
    await git(['push', '--quiet', '--force', `${forgeUrl()}/acme/app.git`, `main:refs/heads/${branch}`], {
      cwd: folder,
    })
    const changes = { repository, base: 'a', head: 'b', branch, commits: 1, files: 1, added: 3, removed: 1 }
    await appendEvents(
      {
        orgId: live.owner.orgId,
        runId: run.runId,
        source: 'runner',
        first: 1,
        events: [
          { type: 'verify.finished', evidence: { command: 'npm test', exitCode: 0, ms: 4200, output: '' } },
          { type: 'changes.collected', changes },
          {
            type: 'run.finished',
            status: 'succeeded',
            verdict: 'verified',
            sentence: 'People are greeted, @all. Fixes #1',
          },
        ].map((body) => ({ at: '2026-01-05T09:00:00.000Z', body })) as never,
      },
      live.engine,
    )
    return { run, runId: run.runId, branch, folder }
  }
  const forgeUrl = () => forge.url.replace('://', `://${forge.username}:${forge.password}@`)
  const open = (runId: Parameters<typeof listPulls>[1], text = TEXT) =>
    openPull(live.owner, { runId, text }, live.engine)
  const refused = async (promise: Promise<unknown>): Promise<{ code: FaultCode; detail: string }> => {
    const error: unknown = await promise.then(
      () => null,
      (thrown: unknown) => thrown,
    )
    if (!(error instanceof Fault)) throw error instanceof Error ? error : new Error('it was not refused')
    return { code: error.code, detail: error.detail ?? '' }
  }

  test('are drafted from what came of the run, and call nobody', async () => {
    const { runId, branch } = await finishedRun()
    const draft = await draftPull(live.owner, { runId, address: 'http://errand.example' }, live.engine)
    expect(draft).toMatchObject({ repository, branch, base: 'main', title: 'Say hello to *people*' })
    expect(draft.body).toContain('**Verified:** `npm test` ended with 0 after 4.2 s.')
    expect(draft.body).toContain('+3 −1 in 1 file, 1 commit')
    expect(draft.body).toContain(`Errand-Run: http://errand.example/runs/${runId}`)
    expect(draft.body).not.toMatch(/@all|#1/)
  })

  test('are opened with the credential, logged with who did it, and shown with their checks', async () => {
    const { run, runId, branch } = await finishedRun()
    forge.setChecks([CHECK, { ...CHECK, name: 'lint', state: 'failed' }])
    const pull = await open(runId, { ...TEXT, isDraft: true })
    expect(pull).toMatchObject({ forge: kind, repository, branch, base: 'main', state: 'draft', trouble: null })
    expect(pull.openedBy).toBe(live.owner.name)
    expect(pull.url).toContain(`${forge.url}/acme/app/`)
    expect(pull.checks.map(({ name, state }) => [name, state])).toEqual([
      ['test', 'passed'],
      ['lint', 'failed'],
    ])
    expect(pull.checks[0]?.url).toContain('/checks/1')
    const onHost = forge.pulls.find(({ number }) => number === pull.number)
    expect(onHost).toMatchObject({ head: branch, base: 'main', body: TEXT.body, isDraft: true })
    expect(await run.eventsOf('pull.opened')).toMatchObject([
      { number: pull.number, url: pull.url, by: live.owner.name },
    ])
    const { state } = await readRun(live.owner, runId, live.engine)
    expect(state).toMatchObject({ status: 'succeeded', pulls: [{ number: pull.number, state: 'draft' }] })
  })

  test('are one, however often and at the same time they are asked for', async () => {
    const { run, runId, branch } = await finishedRun()
    const pulls = await Promise.all([open(runId), open(runId), open(runId)])
    pulls.push(await open(runId))
    expect(new Set(pulls.map(({ id }) => id)).size).toBe(1)
    expect(forge.pulls.filter(({ head }) => head === branch)).toHaveLength(1)
    expect(await run.eventsOf('pull.opened')).toHaveLength(1)
    expect(await listPulls(live.owner, runId, live.engine)).toHaveLength(1)
  })

  test('are found when the host has one that was not written down', async () => {
    const { runId, branch } = await finishedRun()
    const first = await open(runId)
    // As after a crash between the host's answer and the row.
    await live.engine.db.pool.query('delete from pull_requests where run_id = $1', [runId])
    forge.change(first.number, { title: 'Renamed by a person', isMerged: true })
    const again = await open(runId)
    expect(again).toMatchObject({ number: first.number, title: 'Renamed by a person', state: 'merged' })
    expect(forge.pulls.filter(({ head }) => head === branch)).toHaveLength(1)
  })

  test('are looked at again when a person asks, and by themselves', async () => {
    const { run, runId } = await finishedRun()
    const pull = await open(runId)
    const look = () => live.engine.db.pool.query("update pull_requests set seen_at = seen_at - interval '1 minute'")
    forge.setChecks([{ ...CHECK, state: 'running' }])
    await look()
    expect(await refreshPull(live.owner, pull.id, live.engine)).toMatchObject({ checks: [{ state: 'running' }] })
    forge.change(pull.number, { isMerged: true })
    await live.engine.db.pool.query(
      "update pull_requests set seen_at = seen_at - interval '1 minute', look_at = now() where id = $1",
      [pull.id],
    )
    await until(async () => (await listPulls(live.owner, runId, live.engine))[0]?.state === 'merged')
    expect(await run.event('pull.changed')).toMatchObject({ number: pull.number, state: 'merged' })
  })

  test('show every one of their checks, page by page', async () => {
    const { runId } = await finishedRun()
    forge.setChecks(Array.from({ length: 230 }, (_, n) => ({ ...CHECK, name: `check ${n}` })))
    const { checks } = await open(runId)
    expect(new Set(checks.map(({ name }) => name)).size).toBe(230)
  })

  test('say what is wrong, and nothing of the token', async () => {
    const { runId, branch, folder } = await finishedRun()
    forge.behave({ mayWrite: false })
    expect(await refused(open(runId))).toMatchObject({ code: 'pull.no-permission' })
    forge.behave({ mayWrite: true, limitedUntil: Math.floor(Date.now() / 1000) + 600 })
    const limited = await refused(open(runId))
    expect(limited.code).toBe('pull.rate-limited')
    expect(limited.detail).toMatch(/again at \d{4}-\d\d-\d\d \d\d:\d\d UTC/)
    forge.behave({ limitedUntil: null })
    await setToken('canary-wrong-token')
    const wrong = await refused(open(runId))
    expect(wrong.code).toBe('repository.credential-refused')
    expect(wrong.detail).not.toContain('canary')
    await setToken(TOKEN)
    await git(['push', '--quiet', '--delete', `${forgeUrl()}/acme/app.git`, branch], { cwd: folder })
    expect(await refused(open(runId))).toMatchObject({ code: 'pull.branch-gone' })
    expect(forge.pulls.some(({ head }) => head === branch)).toBe(false)
    expect(JSON.stringify(live.log())).not.toContain(TOKEN)
  })

  if (kind === 'github') {
    test('are asked for below /api/v3 of a GitHub Enterprise Server', async () => {
      const { runId } = await finishedRun()
      const before = forge.apiRequests.length
      await open(runId)
      const asked = forge.apiRequests.slice(before)
      expect(asked).toContain('POST /api/v3/repos/acme/app/pulls')
      // Before it is known what it is, it is asked as each kind would be.
      expect(asked.filter((request) => !/ \/api\/(?:v3\/|v\d\/version$)/.test(request))).toEqual([])
    })

    // The other two have no drafts of their own: a word before the title makes one, which no host refuses.
    test('say when the host takes no drafts, and are opened as full ones then', async () => {
      const { runId, branch } = await finishedRun()
      forge.behave({ hasDrafts: false })
      const no = await refused(open(runId, { ...TEXT, isDraft: true }))
      expect(no.code).toBe('pull.draft-refused')
      expect(no.detail).toContain('Draft pull requests are not supported in this repository.')
      expect(forge.pulls.some(({ head }) => head === branch)).toBe(false)
      expect(await open(runId)).toMatchObject({ branch, state: 'open' })
    })
  }

  test('are not opened for work that is in its target already', async () => {
    const { runId, branch } = await finishedRun()
    await git(['push', '--quiet', '--force', `${forgeUrl()}/acme/app.git`, `main:refs/heads/${branch}`], {
      cwd: await forge.create(`trees/same-${runId}.git`, [{ 'README.md': 'Hello\n' }]),
    })
    expect(await refused(open(runId))).toMatchObject({ code: 'pull.nothing-to-merge' })
  })

  test('are shown although their checks may not be read, and the trouble is told', async () => {
    const { runId } = await finishedRun()
    forge.setChecks([CHECK, CHECK])
    forge.behave({ mayReadChecks: false })
    const pull = await open(runId)
    expect(pull.state).toBe('open')
    await live.engine.db.pool.query("update pull_requests set seen_at = seen_at - interval '1 minute'")
    expect(await refreshPull(live.owner, pull.id, live.engine)).toMatchObject({
      state: 'open',
      trouble: { code: 'pull.no-permission' },
    })
  })

  test('keep what was seen while the host is away, with the reason', async () => {
    const { runId } = await finishedRun()
    const pull = await open(runId)
    await live.engine.db.pool.query("update pull_requests set seen_at = seen_at - interval '1 minute'")
    forge.behave({ limitedUntil: Math.floor(Date.now() / 1000) + 600 })
    expect(await refreshPull(live.owner, pull.id, live.engine)).toMatchObject({
      number: pull.number,
      trouble: { code: 'pull.rate-limited' },
    })
  })

  test('need the owner’s word before an address on a private network is asked', async () => {
    const { runId } = await finishedRun()
    await setToken(TOKEN, { private: false })
    expect(await refused(open(runId))).toMatchObject({ code: 'repository.plain-http' })
    await setToken(TOKEN, { private: true, forge: 'none' })
    expect(await refused(open(runId))).toMatchObject({ code: 'pull.forge-unknown' })
    await live.forget(`forge-${kind}`)
    expect(await refused(open(runId))).toMatchObject({ code: 'repository.credential-missing' })
  })
})
