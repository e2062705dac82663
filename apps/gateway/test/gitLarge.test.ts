import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { commitFiles, type Folder, git, type GitServer, startGitServer, temporaryFolder } from '@errand/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aRepository, ORG, PUSH_BRANCH, startTrafficGateway, type TrafficGateway } from './support/trafficGateway.ts'

/** Everywhere; `ERRAND_TEST_LARGE_MIB=300` is the size that is promised. */
const MIB = Number(process.env['ERRAND_TEST_LARGE_MIB'] ?? 150)
/** Below the size of the repository, above what pipes and the collector need. */
const MAX_GROWTH_MIB = 110
const FILES = 4

let gateway: TrafficGateway
let host: GitServer
let folder: Folder

beforeAll(async () => {
  gateway = await startTrafficGateway()
  host = await startGitServer()
  gateway.addCredentialOf(host)
  folder = await temporaryFolder()
  const seed = join(folder.path, 'seed')
  await git(['init', '--quiet', '--initial-branch=main', seed])
  // Random, so that no compression makes it smaller on the way.
  for (let file = 0; file < FILES; file++)
    await commitFiles(seed, { [`${file}.bin`]: randomBytes((MIB * 1024 * 1024) / FILES) })
  await host.create('acme/large.git')
  await gateway.git.repositories.ensure({ orgId: ORG, name: 'large' })
}, 300_000)

afterAll(async () => {
  await gateway.close()
  await host.close()
  await folder.remove()
})

describe(`a repository of ${MIB} MiB`, () => {
  test.each(['on a host', 'local'])(
    '%s goes up and down with the memory of a small one',
    async (where) => {
      const run = await gateway.run({
        repositories: [aRepository(`${host.url}/acme/large.git`), aRepository('local/large')],
      })
      const url =
        where === 'local' ? `${run.url}/git/local/large.git` : `${run.url}/git/http/${host.host}/acme/large.git`
      const again = join(folder.path, `again-${where.length}`)
      const peak = watchMemory()
      // More than `http.postBuffer`: git probes with an empty push, then streams in chunks.
      await git(
        [
          '-c',
          'core.bigFileThreshold=1m',
          '-c',
          'pack.compression=0',
          'push',
          '--quiet',
          url,
          `main:refs/heads/${PUSH_BRANCH}`,
        ],
        {
          cwd: join(folder.path, 'seed'),
        },
      )
      await git(['clone', '--quiet', '--bare', '--branch', PUSH_BRANCH, url, again])
      const grownMib = peak()
      expect(await git(['rev-list', '--count', PUSH_BRANCH], { cwd: again })).toBe(String(FILES))
      expect(grownMib).toBeLessThan(MAX_GROWTH_MIB)
      expect(
        gateway.events
          .filter((event) => event.type === 'git.accessed' && event.operation === 'push')
          .map((event) => event.type === 'git.accessed' && event.ok),
      ).toEqual(where === 'local' ? [true, true] : [true])
    },
    300_000,
  )
})

/** Resident memory of this process, where gateway, host and forwarder all run; gives the growth of its peak in MiB. */
function watchMemory(): () => number {
  const before = process.memoryUsage.rss()
  let highest = before
  const timer = setInterval(() => (highest = Math.max(highest, process.memoryUsage.rss())), 20)
  return () => {
    clearInterval(timer)
    return (highest - before) / 1024 / 1024
  }
}
