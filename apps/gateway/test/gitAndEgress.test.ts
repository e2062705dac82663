import { join } from 'node:path'
import { mkdtemp } from 'node:fs/promises'
import { addRepository, readSettings, writeSettings } from '@errand/engine'
import {
  commitFiles,
  git,
  type GitServer,
  quietLog,
  startForwarder,
  startGitServer,
  testFolder,
  tryGit,
} from '@errand/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { seedTrustedHosts } from '../egress/seedTrustedHosts.ts'
import { type LiveGateway, startLiveGateway } from './support/liveGateway.ts'

let gateway: LiveGateway
let host: GitServer
let folder: string
const newTree = async () => join(await mkdtemp(join(folder, 'tree-')), 'clone')

beforeAll(async () => {
  gateway = await startLiveGateway()
  host = await startGitServer()
  folder = await testFolder('git')
  await host.create('acme/app.git', [{ 'README.md': 'Hello\n' }])
  await gateway.addAgent('closed', { runtime: 'script', network: 'custom' })
})
afterAll(async () => {
  await gateway.close()
  await host.close()
})

describe('with the real engine', () => {
  test('a run clones and pushes with a sealed credential, and both are in its log', async () => {
    await gateway.addCredential(
      'forge',
      { type: 'git', host: host.host, username: host.username, private: true },
      host.password,
    )
    const run = await gateway.run({ agent: 'closed', repositories: [{ repository: `${host.url}/acme/app.git` }] })
    const forwarder = await startForwarder(run)
    const url = `${forwarder.url}/git/http/${host.host}/acme/app.git`
    const tree = await newTree()
    await git(['clone', '--quiet', url, tree])
    await commitFiles(tree, { 'fix.txt': 'x\n' })
    const refused = await tryGit(['push', 'origin', 'HEAD:main'], { cwd: tree })
    const branch = /may push only (\S+) and branches below it/.exec(refused.stderr)?.[1] ?? ''
    expect(branch).not.toBe('')
    await git(['push', '--quiet', 'origin', `HEAD:refs/heads/${branch}`], { cwd: tree })
    const seen = await run.eventsOf('git.accessed')
    expect(seen.map(({ operation, ok }) => `${operation} ${ok}`)).toEqual(['fetch true', 'push false', 'push true'])
    expect(JSON.stringify(gateway.log())).not.toContain(host.password)
    await forwarder.close()
  })

  test('a run works in a local repository, and in no other', async () => {
    await addRepository(gateway.owner, { name: 'mine' }, gateway.engine)
    await addRepository(gateway.owner, { name: 'other' }, gateway.engine)
    const run = await gateway.run({ agent: 'closed', repositories: [{ repository: 'local/mine' }] })
    const forwarder = await startForwarder(run)
    await git(['clone', '--quiet', `${forwarder.url}/git/local/mine.git`, await newTree()])
    const other = await tryGit(['clone', `${forwarder.url}/git/local/other.git`, await newTree()])
    expect(other.stderr).toContain('This run may not use that repository')
    await forwarder.close()
  })

  test('git prints why a token opens nothing: unknown, and dead with its run', async () => {
    const run = await gateway.run({ agent: 'closed', repositories: [{ repository: 'local/mine' }] })
    await run.end()
    for (const [token, words] of [
      [run.token, 'The run that this token belongs to is over'],
      ['x'.repeat(43), 'This run token is not known'],
    ] as const) {
      const forwarder = await startForwarder({ socketPath: run.socketPath, token })
      const { stderr } = await tryGit(['clone', `${forwarder.url}/git/local/mine.git`, await newTree()])
      expect(stderr).toContain(words)
      await forwarder.close()
    }
  })

  test('a blocked host is an event of the run with the command that asked', async () => {
    const run = await gateway.run({ agent: 'closed' })
    const forwarder = await startForwarder({
      socketPath: run.socketPath,
      token: run.token,
      command: 'pip install x',
    })
    const answer = await run.asAgent({
      path: 'http://evil.example/',
      headers: { 'x-errand-command': Buffer.from('pip install x').toString('base64url') },
    })
    expect(answer.status).toBe(403)
    expect(await run.event('egress.blocked')).toMatchObject({
      host: 'evil.example',
      port: 80,
      code: 'egress.host-denied',
      command: 'pip install x',
    })
    await forwarder.close()
  })
})

describe('trusted hosts', () => {
  const seed = (hosts: readonly string[]) =>
    seedTrustedHosts(gateway.owner, {
      engine: gateway.engine,
      log: quietLog(),
      signal: new AbortController().signal,
      ask: async () => hosts,
    })
  const trusted = async () => (await readSettings(gateway.owner, gateway.engine)).trustedHosts

  test('come from the machine while there are none, and are the owner’s from then on', async () => {
    await seed(['npm.example'])
    expect(await trusted()).toEqual(['npm.example'])
    await writeSettings(gateway.owner, { trustedHosts: ['only.example'] }, gateway.engine)
    await seed(['npm.example'])
    expect(await trusted()).toEqual(['only.example'])
  })
})
