import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdir, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { commitFiles, type Folder, type Forwarder, git, temporaryFolder, tryGit } from '@errand/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  aRepository,
  ORG,
  OWNER,
  PUSH_BRANCH,
  startTrafficGateway,
  type TrafficGateway,
} from './support/trafficGateway.ts'

let gateway: TrafficGateway
let run: Forwarder
let folder: Folder
let clones = 0
const local = (name: string) => `${run.url}/git/local/${name}.git`

beforeAll(async () => {
  gateway = await startTrafficGateway()
  run = await gateway.run({ repositories: [aRepository('local/demo'), aRepository('local/empty')] })
  folder = await temporaryFolder()
  const seed = join(folder.path, 'seed')
  await git(['init', '--quiet', '--initial-branch=main', seed])
  await commitFiles(seed, { 'README.md': 'Hello\n' }, 'First')
  await gateway.git.repositories.ensure(
    { orgId: ORG, name: 'demo' },
    async (path) => void (await git(['push', '--quiet', path, 'main'], { cwd: seed })),
  )
})

afterAll(async () => {
  await gateway.close()
  await folder.remove()
})

beforeEach(() => void (gateway.events.length = 0))

async function clone(name = 'demo', options: readonly string[] = []): Promise<string> {
  const tree = join(folder.path, `clone-${++clones}`)
  await git(['clone', '--quiet', ...options, local(name), tree])
  return tree
}

describe('a run and a local repository', () => {
  test('clones it, and the log says so', async () => {
    const tree = await clone()
    expect(await git(['log', '--format=%s'], { cwd: tree })).toBe('First')
    expect(gateway.events).toEqual([{ type: 'git.accessed', repository: 'local/demo', operation: 'fetch', ok: true }])
  })

  test.each(['0', '1', '2'])('speaks protocol version %s', async (version) => {
    const tree = await clone('demo', ['-c', `protocol.version=${version}`])
    expect(await git(['log', '--format=%s'], { cwd: tree })).toBe('First')
  })

  test('clones a part of it: shallow, without blobs, a single branch', async () => {
    const tree = await clone('demo', ['--depth=1', '--filter=blob:none', '--single-branch', '--branch=main'])
    expect(await git(['cat-file', '-p', 'HEAD:README.md'], { cwd: tree })).toBe('Hello')
  })

  test('pushes its own branch and those below it', async () => {
    const tree = await clone()
    await commitFiles(tree, { 'fix.txt': 'fixed\n' })
    await git(['push', '--quiet', 'origin', `HEAD:refs/heads/${PUSH_BRANCH}`], { cwd: tree })
    const refs = await git(['ls-remote', '--heads', 'origin'], { cwd: tree })
    expect(refs).toContain(`refs/heads/${PUSH_BRANCH}`)
  })

  test('pushes again with force after rewriting its own branch, and each push is in the log once', async () => {
    const tree = await clone()
    await commitFiles(tree, { 'a.txt': '1\n' })
    await git(['push', '--quiet', '--force', 'origin', `HEAD:refs/heads/${PUSH_BRANCH}`], { cwd: tree })
    await git(['commit', '--quiet', '--amend', '-m', 'Rewritten'], { cwd: tree })
    gateway.events.length = 0
    await git(['push', '--quiet', '--force', 'origin', `HEAD:refs/heads/${PUSH_BRANCH}`], { cwd: tree })
    expect(gateway.events).toEqual([
      {
        type: 'git.accessed',
        repository: 'local/demo',
        operation: 'push',
        ok: true,
        detail: `refs/heads/${PUSH_BRANCH}`,
      },
    ])
  })

  const REFUSED = {
    'the default branch': {
      refspecs: ['HEAD:refs/heads/main'],
      says: `main (a run may push only ${PUSH_BRANCH} and branches below it)`,
    },
    'a tag': { refspecs: ['HEAD:refs/tags/v1'], says: 'v1 (a run may not push tags)' },
    'the deletion of a branch': { refspecs: [':refs/heads/main'], says: `main (a run may push only ${PUSH_BRANCH}` },
    'its own branch together with another': {
      refspecs: [`HEAD:refs/heads/${PUSH_BRANCH}/mixed`, 'HEAD:refs/heads/main'],
      says: `${PUSH_BRANCH}/mixed (refused together with the rest of this push)`,
    },
  }
  test.each(Object.entries(REFUSED))(
    'may not push %s: git shows the reason, nothing changes, the log has it',
    async (_, { refspecs, says }) => {
      const tree = await clone()
      await commitFiles(tree, { 'b.txt': 'x\n' })
      const before = await git(['ls-remote', 'origin'], { cwd: tree })
      gateway.events.length = 0
      const { code, stderr } = await tryGit(['push', 'origin', ...refspecs], { cwd: tree })
      expect(code).not.toBe(0)
      expect(stderr).toContain('remote rejected')
      expect(stderr).toContain(says)
      expect(stderr).toContain('remote: A run may push only to its own branches.')
      expect(await git(['ls-remote', 'origin'], { cwd: tree })).toBe(before)
      expect(gateway.events.filter(({ type }) => type === 'git.accessed')).toContainEqual(
        expect.objectContaining({ operation: 'push', ok: false, detail: expect.stringContaining('a run may') }),
      )
    },
  )

  test('reads a push that comes compressed, and judges it all the same', async () => {
    const zero = '0'.repeat(40)
    const command = `${zero} ${'a'.repeat(40)} refs/heads/main\0report-status`
    const body = gzipSync(`${(command.length + 4).toString(16).padStart(4, '0')}${command}0000`)
    const answer = await fetch(`${local('demo')}/git-receive-pack`, {
      method: 'POST',
      headers: { 'content-encoding': 'gzip', 'content-type': 'application/x-git-receive-pack-request' },
      body,
    })
    expect(await answer.text()).toContain('ng refs/heads/main a run may push only')
  })

  test('cannot smuggle a command past the judge in a form that it does not read', async () => {
    for (const body of ['nonsense', '0009push-cert', '000cshallow x0000', '0005x', 'fff']) {
      const answer = await fetch(`${local('demo')}/git-receive-pack`, { method: 'POST', body })
      expect({ body, status: answer.status }).toEqual({ body, status: 400 })
    }
  })

  test('clones one without commits, works in it and pushes', async () => {
    const tree = join(folder.path, `clone-${++clones}`)
    const { code, stderr } = await tryGit(['clone', local('empty'), tree])
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining('empty repository') })
    await commitFiles(tree, { 'a.txt': 'a\n' })
    await git(['push', '--quiet', 'origin', `HEAD:refs/heads/${PUSH_BRANCH}`], { cwd: tree })
  })

  test('hears from git that a branch does not exist', async () => {
    const { code, stderr } = await tryGit(['clone', '--branch', 'nope', local('demo'), join(folder.path, 'nope')])
    expect(code).not.toBe(0)
    expect(stderr).toContain('Remote branch nope not found')
  })

  test('may not touch a repository that it was not fired on', async () => {
    await gateway.git.repositories.ensure({ orgId: ORG, name: 'secret' })
    const { code, stderr } = await tryGit(['clone', local('secret'), join(folder.path, 'secret')])
    expect(code).not.toBe(0)
    expect(stderr).toContain(
      'remote: This run may not use that repository. local/secret is not among: local/demo, local/empty.',
    )
    expect(gateway.events).toEqual([
      {
        type: 'git.accessed',
        repository: 'local/secret',
        operation: 'fetch',
        ok: false,
        detail: 'local/secret is not among: local/demo, local/empty.',
      },
    ])
  })

  test.each([
    '/git/local/demo.git/HEAD',
    '/git/local/demo.git/objects/info/packs',
    '/git/local/demo.git/info/refs',
    '/git/local/demo.git/info/refs?service=git-upload-archive',
    '/git/local/../x/info/refs?service=git-upload-pack',
    '/git/local/%2e%2e%2fx/info/refs?service=git-upload-pack',
    '/git/',
  ])('is not served %s', async (path) => {
    const answer = await fetch(`${run.url}${path}`)
    expect(answer.status).toBeGreaterThanOrEqual(400)
    expect(answer.headers.get('www-authenticate')).toBeNull()
  })

  test('is told that LFS is not there, in the form that git-lfs prints', async () => {
    const answer = await fetch(`${local('demo')}/info/lfs/objects/batch`, { method: 'POST', body: '{}' })
    expect(answer.status).toBe(501)
    expect(await answer.json()).toEqual({ message: expect.stringContaining('LFS is not supported yet') })
  })

  test('runs no hook of the repository on our side', async () => {
    const path = await gateway.git.repositories.ensure({ orgId: ORG, name: 'demo' })
    const proof = join(folder.path, 'hook-ran')
    await mkdir(join(path, 'hooks'), { recursive: true })
    await writeFile(join(path, 'hooks', 'pre-receive'), `#!/bin/sh\ntouch ${proof}\n`, { mode: 0o755 })
    const tree = await clone()
    await commitFiles(tree, { 'h.txt': 'h\n' })
    await git(['push', '--quiet', '--force', 'origin', `HEAD:refs/heads/${PUSH_BRANCH}`], { cwd: tree })
    await expect(stat(proof)).rejects.toThrow('ENOENT')
    await rm(join(path, 'hooks'), { recursive: true })
  })
})

describe('an owner', () => {
  let url: string
  let close: () => Promise<unknown>

  beforeAll(async () => {
    const server = createServer((request, response) => void gateway.owner(request, response, OWNER))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/git/local`
    close = () => new Promise((resolve) => server.close(resolve))
    gateway.registered.add('mine')
  })
  afterAll(() => close())

  test('fills a new repository from any branch, and a clone of it has that branch', async () => {
    const tree = join(folder.path, 'mine')
    await git(['init', '--quiet', '--initial-branch=trunk', tree])
    await commitFiles(tree, { 'a.txt': 'a\n' }, 'Mine')
    await git(['push', '--quiet', `${url}/mine.git`, 'trunk', 'HEAD:refs/tags/v1'], { cwd: tree })
    const again = join(folder.path, 'mine-again')
    await git(['clone', '--quiet', `${url}/mine.git`, again])
    expect(await git(['log', '-1', '--format=%s %D'], { cwd: again })).toContain('Mine HEAD -> trunk')
  })

  test('is told when there is no such repository', async () => {
    const { code, stderr } = await tryGit(['clone', `${url}/other.git`, join(folder.path, 'other')])
    expect(code).not.toBe(0)
    expect(stderr).toContain('There is no such repository here. local/other is not known here.')
  })
})

describe('local repositories', () => {
  const at = (name: string) => ({ orgId: ORG, name })

  test('are made once when many ask at the same time', async () => {
    const paths = await Promise.all(Array.from({ length: 8 }, () => gateway.git.repositories.ensure(at('busy'))))
    expect(new Set(paths).size).toBe(1)
    expect(await git(['-C', paths[0] ?? '', 'rev-parse', '--is-bare-repository'])).toBe('true')
  })

  test('are not there at all when filling one fails', async () => {
    await expect(
      gateway.git.repositories.ensure(at('torn'), () => Promise.reject(new Error('disk full'))),
    ).rejects.toThrow('disk full')
    expect(await gateway.git.repositories.has(at('torn'))).toBe(false)
  })

  test('have a size, and are gone after removal', async () => {
    expect(await gateway.git.repositories.sizeBytes(at('demo'))).toBeGreaterThan(500)
    await gateway.git.repositories.ensure(at('old'))
    await gateway.git.repositories.remove(at('old'))
    await gateway.git.repositories.remove(at('old'))
    expect(await gateway.git.repositories.has(at('old'))).toBe(false)
    expect(await gateway.git.repositories.sizeBytes(at('old'))).toBe(0)
  })

  test.each(['../x', 'a/b', '.git', '', 'A'])('never have the name %j', async (name) => {
    await expect(gateway.git.repositories.ensure(at(name))).rejects.toThrow('a name is 1 to 63')
  })
})
