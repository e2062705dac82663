import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Fault } from '@errand/contracts'
import { addRepository, readBranches } from '@errand/engine'
import { git, type GitServer, startGitServer } from '@errand/testkit'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type LiveGateway, startLiveGateway } from './support/liveGateway.ts'

let host: GitServer
let live: LiveGateway

beforeAll(async () => {
  host = await startGitServer()
  const folder = await host.create('acme/app.git', [{ 'README.md': 'Hello\n' }])
  for (const name of ['zebra', 'feature/one']) await git(['branch', name, 'main'], { cwd: folder })
  await git(['tag', 'v1', 'main'], { cwd: folder })
  live = await startLiveGateway()
})
afterAll(async () => {
  await live.close()
  await host.close()
})
afterEach(() => host.answerWith(null))

const read = (repository: string, isFresh = true) => readBranches(live.owner, { repository, isFresh }, live.engine)
const refusal = async (repository: string) => {
  const error: unknown = await read(repository).catch((thrown: unknown) => thrown)
  return error instanceof Fault ? { code: error.code, detail: error.detail } : error
}
const setToken = (secret: string) =>
  live.addCredential('forge', { type: 'git', host: host.host, username: host.username, private: true }, secret)

describe('the branches of a repository', () => {
  test('on a host are told with its credential, the default first, and asked for once in a while', async () => {
    await setToken(host.password)
    const url = `${host.url}/acme/app.git`
    const branches = await read(url)
    expect(branches).toEqual({
      branches: [
        { name: 'main', isDefault: true },
        { name: 'feature/one', isDefault: false },
        { name: 'zebra', isDefault: false },
      ],
      default: 'main',
      isCut: false,
    })
    const before = host.requests.length
    expect(await read(url, false)).toEqual(branches)
    expect(host.requests).toHaveLength(before)
  })

  test('follow a repository that was renamed', async () => {
    await setToken(host.password)
    await host.create('acme/old.git', [{ 'a.txt': 'a\n' }])
    await host.rename('acme/old.git', 'acme/new.git')
    expect(await read(`${host.url}/acme/old.git`)).toMatchObject({ default: 'main' })
  })

  test('of a local repository are told without any host', async () => {
    expect(await read('local/demo')).toMatchObject({ default: 'main', branches: [{ name: 'main', isDefault: true }] })
    await addRepository(live.owner, { name: 'empty' }, live.engine)
    expect(await read('local/empty')).toEqual({ branches: [], default: 'main', isCut: false })
    expect(await refusal('local/nobody')).toMatchObject({ code: 'repository.unknown' })
  })

  test('say what is wrong with a credential, and never the credential', async () => {
    const url = `${host.url}/acme/app.git`
    await setToken('wrong-password-3')
    const { code, detail } = (await refusal(url)) as { code: string; detail: string }
    expect(code).toBe('repository.credential-refused')
    expect(detail).toContain('refused the credential “forge”')
    expect(detail).not.toContain('wrong-password-3')
    await setToken(host.password)
    expect(await refusal(`${host.url}/acme/missing.git`)).toMatchObject({ code: 'repository.not-found' })
    host.answerWith({ status: 503, text: 'Down for an hour' })
    expect(await refusal(url)).toMatchObject({
      code: 'upstream.rejected',
      detail: expect.stringContaining('Down for an hour') as string,
    })
  })

  test('are not asked of a private address without the owner’s word for it', async () => {
    const metadata = 'https://169.254.169.254/acme/app'
    expect(await refusal(metadata)).toMatchObject({ code: 'egress.address-private' })
    expect(await refusal(`https://127.0.0.1:${host.port + 1}/acme/app`)).toMatchObject({
      code: 'egress.address-private',
    })
    expect(await refusal('ssh://git@example.org/a.git')).toMatchObject({ code: 'input.invalid' })
  })

  test('are not read from what is no git server, and an answer that never ends harms nobody', async () => {
    const page = createServer(({ url }, response) => {
      const isMissing = url?.startsWith('/missing') === true
      response.writeHead(isMissing ? 404 : 200, { 'content-type': 'text/html' }).write('<html>')
      if (!isMissing) response.end()
    })
    await new Promise<void>((resolve) => page.listen(0, '127.0.0.1', resolve))
    const { port } = page.address() as AddressInfo
    await live.addCredential('page', { type: 'git', host: `127.0.0.1:${port}`, username: 'x', private: true }, 'token')
    expect(await refusal(`http://127.0.0.1:${port}/acme/app`)).toMatchObject({ code: 'repository.not-found' })
    expect(await refusal(`http://127.0.0.1:${port}/missing/app`)).toMatchObject({ code: 'repository.not-found' })
    page.closeAllConnections()
    await new Promise((resolve) => page.close(resolve))
  })
})
