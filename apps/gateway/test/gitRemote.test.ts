import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { commitFiles, type Folder, git, type GitServer, startGitServer, temporaryFolder, tryGit } from '@errand/testkit'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type ConnectDeps, systemNetwork } from '../egress/connect.ts'
import { aRepository, PUSH_BRANCH, startTrafficGateway, type TrafficGateway } from './support/trafficGateway.ts'

let host: GitServer
let gateway: TrafficGateway
let folder: Folder
let trees = 0
const newTree = () => join(folder.path, `tree-${++trees}`)

beforeAll(async () => {
  host = await startGitServer()
  await host.create('acme/app.git', [{ 'README.md': 'Hello\n' }, { 'bin.dat': Buffer.from([0, 1, 2, 255]) }])
  folder = await temporaryFolder()
})
afterAll(async () => {
  await host.close()
  await folder.remove()
})
beforeEach(async () => void (gateway = await startTrafficGateway()))
afterEach(async () => {
  host.answerWith(null)
  await gateway.close()
})

/** A run on this repository, and git told to go through the gateway for it, as the runner tells it. */
async function runOn(...urls: readonly string[]) {
  const run = await gateway.run({ repositories: urls.map(aRepository) })
  const env = {
    GIT_CONFIG_COUNT: '2',
    GIT_CONFIG_KEY_0: `url.${run.url}/git/https/.insteadOf`,
    GIT_CONFIG_VALUE_0: 'https://',
    GIT_CONFIG_KEY_1: `url.${run.url}/git/http/.insteadOf`,
    GIT_CONFIG_VALUE_1: 'http://',
  }
  return { run, env }
}

describe('a repository on a git host', () => {
  test('is cloned and pushed to with the host’s credential, which the run never sees', async () => {
    gateway.addCredentialOf(host)
    const url = `${host.url}/acme/app.git`
    const { env } = await runOn(url)
    const tree = newTree()
    await git(['clone', '--quiet', url, tree], { env })
    expect(await readFile(join(tree, 'bin.dat'))).toEqual(Buffer.from([0, 1, 2, 255]))
    await commitFiles(tree, { 'fix.txt': 'x\n' })
    await git(['push', '--quiet', 'origin', `HEAD:refs/heads/${PUSH_BRANCH}`], { cwd: tree, env })
    expect(await git(['ls-remote', 'origin', `refs/heads/${PUSH_BRANCH}`], { cwd: tree, env })).toContain(PUSH_BRANCH)
    expect(await git(['remote', '-v'], { cwd: tree })).toContain(url)
    expect(await readFile(join(tree, '.git/config'), 'utf8')).not.toContain(host.password)
    expect(host.requests.every(({ isAuthorised }) => isAuthorised)).toBe(true)
    expect(host.requests.some(({ headers }) => Object.keys(headers).some((name) => name.startsWith('x-errand')))).toBe(
      false,
    )
    expect(gateway.events).toContainEqual({
      type: 'git.accessed',
      repository: url,
      operation: 'push',
      ok: true,
      detail: `refs/heads/${PUSH_BRANCH}`,
    })
  })

  test('is not pushed to outside the run’s branch: the host never hears of it', async () => {
    gateway.addCredentialOf(host)
    const url = `${host.url}/acme/app`
    const { env } = await runOn(url)
    const tree = newTree()
    await git(['clone', '--quiet', url, tree], { env })
    await commitFiles(tree, { 'evil.txt': 'x\n' })
    const before = host.requests.filter(
      ({ method, url: path }) => method === 'POST' && path.includes('receive-pack'),
    ).length
    const { code, stderr } = await tryGit(['push', 'origin', 'HEAD:main', `HEAD:refs/heads/${PUSH_BRANCH}/x`], {
      cwd: tree,
      env,
    })
    expect(code).not.toBe(0)
    expect(stderr).toContain(`main (a run may push only ${PUSH_BRANCH} and branches below it)`)
    expect(
      host.requests.filter(({ method, url: path }) => method === 'POST' && path.includes('receive-pack')),
    ).toHaveLength(before)
  })

  test('says in git’s output that the credential was refused, and nobody is asked for a password', async () => {
    gateway.addCredential(host.host, { name: 'old-token', secret: 'wrong' })
    const url = `${host.url}/acme/app.git`
    const { env } = await runOn(url)
    const { code, stderr } = await tryGit(['clone', url, newTree()], { env })
    expect(code).not.toBe(0)
    expect(stderr).toContain(`${host.host} refused the credential “old-token” (HTTP 401)`)
    expect(stderr).not.toContain('Username')
    expect(stderr).not.toContain('wrong')
    expect(gateway.events).toEqual([
      expect.objectContaining({
        type: 'git.accessed',
        operation: 'fetch',
        ok: false,
        detail: expect.stringContaining('refused the credential'),
      }),
    ])
  })

  test.each([
    [403, 'does not allow the credential “forge” to fetch'],
    [404, 'or the credential “forge” may not see it'],
    [503, 'answered HTTP 503'],
  ])('hands on what the host says with HTTP %i', async (status, words) => {
    gateway.addCredentialOf(host)
    host.answerWith({ status, text: 'Forge: not today' })
    const url = `${host.url}/acme/app.git`
    const { env } = await runOn(url)
    const { stderr } = await tryGit(['clone', url, newTree()], { env })
    expect(stderr).toContain(words)
    expect(stderr).toContain('It says: “Forge: not today”')
  })

  test('says why when the host refuses in the middle of a push, not “Everything up-to-date”', async () => {
    gateway.addCredentialOf(host)
    const url = `${host.url}/acme/app.git`
    const { env } = await runOn(url)
    const tree = newTree()
    await git(['clone', '--quiet', url, tree], { env })
    await commitFiles(tree, { 'late.txt': 'x\n' })
    host.answerWith({ status: 403, text: 'Pushes are frozen', service: '/git-receive-pack' })
    const { code, stderr } = await tryGit(['push', '--force', 'origin', `HEAD:refs/heads/${PUSH_BRANCH}`], {
      cwd: tree,
      env,
    })
    expect(code).not.toBe(0)
    expect(stderr).toContain('remote rejected')
    expect(stderr).toContain('Pushes are frozen')
    expect(stderr).not.toContain('up-to-date')
  })

  test('says why when the host refuses in the middle of a fetch', async () => {
    gateway.addCredentialOf(host)
    const url = `${host.url}/acme/app.git`
    const { env } = await runOn(url)
    host.answerWith({ status: 500, text: 'Disk on fire', service: '/git-upload-pack' })
    const { stderr } = await tryGit(['clone', url, newTree()], { env })
    expect(stderr).toContain('Disk on fire')
  })

  test('is followed to its new name on the same host, for fetch and push', async () => {
    gateway.addCredentialOf(host)
    await host.create('acme/old-name.git', [{ 'a.txt': 'a\n' }])
    await host.rename('acme/old-name.git', 'acme/new-name.git')
    const url = `${host.url}/acme/old-name.git`
    const { env } = await runOn(url)
    const tree = newTree()
    await git(['clone', '--quiet', url, tree], { env })
    await commitFiles(tree, { 'b.txt': 'b\n' })
    await git(['push', '--quiet', 'origin', `HEAD:refs/heads/${PUSH_BRANCH}`], { cwd: tree, env })
    const { stderr } = await tryGit(['push', 'origin', 'HEAD:main'], { cwd: tree, env })
    expect(stderr).toContain('a run may push only')
  })

  test('is not followed to another host', async () => {
    const other = await startGitServer()
    try {
      gateway.addCredentialOf(host)
      gateway.addCredentialOf(other)
      await other.create('acme/secret.git', [{ 'a.txt': 'a\n' }])
      await host.create('acme/moving.git', [{ 'a.txt': 'a\n' }])
      await host.rename('acme/moving.git', 'acme/secret.git', other.url)
      const url = `${host.url}/acme/moving.git`
      const { env } = await runOn(url)
      const { code, stderr } = await tryGit(['clone', url, newTree()], { env })
      expect(code).not.toBe(0)
      expect(stderr).toContain(`has moved to ${other.url}/acme/secret.git: name the new address`)
      expect(other.requests).toEqual([])
    } finally {
      await other.close()
    }
  })
})

describe('a host', () => {
  test('on a private address is refused without a credential that is marked as private, whatever its port', async () => {
    gateway.addCredential(host.host, { secret: host.password, isPrivate: false })
    const before = host.requests.length
    const { env } = await runOn(`https://${host.host}/acme/app.git`, `${host.url}/acme/app.git`)
    const https = await tryGit(['clone', `https://${host.host}/acme/app.git`, newTree()], { env })
    expect(https.stderr).toContain(`${host.host} resolves to 127.0.0.1: this machine (loopback)`)
    const http = await tryGit(['clone', `${host.url}/acme/app.git`, newTree()], { env })
    expect(http.stderr).toContain('it is used only for a private host')
    expect(host.requests).toHaveLength(before)
  })

  test('that is not there is named, with the reason', async () => {
    await gateway.close()
    gateway = await startTrafficGateway({
      network: {
        ...systemNetwork,
        resolve: () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' })),
      },
    })
    const { env } = await runOn('https://git.example/a/b.git')
    const { stderr } = await tryGit(['clone', 'https://git.example/a/b.git', newTree()], { env })
    expect(stderr).toContain('git.example:443: the name does not exist.')
  })
})

describe('a host with TLS', () => {
  let tls: { key: string; cert: string }
  let secure: GitServer

  beforeAll(async () => {
    const at = (name: string) => join(folder.path, name)
    await promisify(execFile)('openssl', [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-days',
      '2',
      '-subj',
      '/CN=git.example',
      '-addext',
      'subjectAltName=DNS:git.example',
      '-keyout',
      at('key.pem'),
      '-out',
      at('cert.pem'),
    ])
    tls = { key: await readFile(at('key.pem'), 'utf8'), cert: await readFile(at('cert.pem'), 'utf8') }
    secure = await startGitServer({ tls })
    await secure.create('acme/app.git', [{ 'README.md': 'Hello\n' }])
  })
  afterAll(() => secure.close())

  /** The world's names resolve to a public address; what is dialled there is our server on loopback. */
  const world = (dialled: string[]): ConnectDeps => ({
    resolve: async () => ['93.184.216.34'],
    dial: async ({ host: name, addresses }) => {
      dialled.push(`${name} ${addresses.join()}`)
      return connect({ host: '127.0.0.1', port: secure.port, allowHalfOpen: true })
    },
  })

  test('is reached at the address that was judged, and proves its own name', async () => {
    await gateway.close()
    const dialled: string[] = []
    gateway = await startTrafficGateway({ network: world(dialled), ca: tls.cert })
    gateway.addCredential('git.example', { secret: secure.password, isPrivate: false })
    const { env } = await runOn('https://git.example/acme/app.git')
    const tree = newTree()
    await git(['clone', '--quiet', 'https://git.example/acme/app.git', tree], { env })
    expect(await git(['log', '--format=%s'], { cwd: tree })).toBe('Commit 1')
    expect(new Set(dialled)).toEqual(new Set(['git.example 93.184.216.34']))
  })

  test('that cannot prove its name gets no credential', async () => {
    await gateway.close()
    gateway = await startTrafficGateway({ network: world([]) })
    gateway.addCredential('git.example', { secret: secure.password, isPrivate: false })
    const before = secure.requests.length
    const { env } = await runOn('https://git.example/acme/app.git')
    const { stderr } = await tryGit(['clone', 'https://git.example/acme/app.git', newTree()], { env })
    expect(stderr).toMatch(/git\.example:443: its TLS certificate is not valid/)
    expect(secure.requests).toHaveLength(before)
  })
})
