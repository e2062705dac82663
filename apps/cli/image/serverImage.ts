import { cp, mkdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { debianLayer } from './debianLayer.ts'
import { runProgram } from './program.ts'
import type { Recipe } from './recipe.ts'
import { nodeLayer } from './sandboxImage.ts'
import { type Blob, type TarEntry, walkFolder, writeTar } from './tarFile.ts'
import { needed, toolOf, type Workshop } from './workshop.ts'

/** What runs as a process of its own; each with the packages that it stands on. */
const PROCESSES = ['api', 'controller', 'gateway'] as const
/** Of the root: what an installation with a frozen lock file reads, and the version. */
const ROOT_FILES = ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml']
const NOT_SHIPPED =
  /(^|\/)(node_modules|dist|\.next)(\/|$)|^(apps|packages)\/[^/]+\/test(\/|$)|^(?!.*\/demo\/repository\/).*\.test\.tsx?$/
/** What is there for the pages' build, or for types, alone: the pages bring their own. */
const UNUSED =
  /\/\.pnpm\/(next@|@next\+|react@|react-dom@|styled-jsx@|caniuse-lite@|typescript@|@typescript\+|drizzle-kit@)/
/** Notes of the package manager: times and paths of the machine that made the image. */
const NOTES = /\/node_modules\/\.(modules\.yaml|pnpm-workspace-state.*|bin)$/

/** Errand itself on a cluster: api, controller and gateway as one file each, beside their sources, and the built pages. */
export const serverImage: Recipe = {
  name: 'localhost/errand-server',
  config: {
    User: '10001:10001',
    Env: [
      'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      'LANG=C.UTF-8',
      'HOME=/tmp',
      'NODE_ENV=production',
      'NEXT_TELEMETRY_DISABLED=1',
    ],
    WorkingDir: '/errand',
    Cmd: ['node', 'apps/api/dist/api.mjs'],
  },
  layers: async (workshop) => [
    await debianLayer(workshop),
    await nodeLayer(workshop),
    await pagesLayer(workshop),
    await serverLayer(workshop),
  ],
}

function pagesLayer({ root, scratchFolder }: Workshop): Promise<Blob> {
  const dist = join(root, 'apps/web/dist')
  needed(join(dist, 'apps/web/server.js'))
  return writeTar(join(scratchFolder, 'pages.tar'), walkFolder(dist, 'errand/pages'))
}

async function serverLayer(workshop: Workshop): Promise<Blob> {
  const { scratchFolder } = workshop
  const staged = join(scratchFolder, 'server')
  await stageSources(workshop, staged)
  const filters = PROCESSES.map((name) => `--filter=@errand/${name}-app...`)
  await runProgram(
    [
      toolOf(workshop, 'pnpm'),
      'install',
      '--prod',
      '--frozen-lockfile',
      '--prefer-offline',
      '--dir',
      staged,
      ...filters,
    ],
    { whenMissing: 'Run `node scripts/bootstrap.mjs setup` once.', whenFailed: 'Check that npm reaches its registry.' },
  )
  for (const name of PROCESSES) await bundle(workshop, name, staged)
  // The libraries of PostgreSQL are found by links that its package cannot hold; the image is read-only where it runs.
  await runProgram([toolOf(workshop, 'node'), '--input-type=module', '--eval', LINK], {
    cwd: staged,
    whenMissing: 'Run `node scripts/bootstrap.mjs setup` once.',
    whenFailed: 'Make the image on a machine of the architecture that it is for.',
  })
  return writeTar(join(scratchFolder, 'server.tar'), serverEntries(staged))
}

/** Loads in a third of the time of its sources, and in half of their memory. */
async function bundle(workshop: Workshop, name: string, staged: string): Promise<void> {
  const script = join(workshop.root, 'scripts/bootstrap/bundle.mjs')
  await runProgram([toolOf(workshop, 'node'), script, name, join(staged, 'apps', name, 'dist')], {
    whenMissing: 'Run `node scripts/bootstrap.mjs setup` once.',
    whenFailed: 'Run `node scripts/bootstrap.mjs setup` once: its dependencies may be older than it is.',
  })
}

const LINK = "await (await import('./packages/store/embedded/binaries.ts')).findBinaries()"

/** Sources as they are in the clone: what a process looks for at its own place stands beside them. */
async function stageSources({ root }: Workshop, staged: string): Promise<void> {
  await mkdir(staged, { recursive: true })
  for (const name of ROOT_FILES) await cp(join(root, name), join(staged, name))
  const filter = (from: string) => !NOT_SHIPPED.test(from.slice(root.length + 1))
  for (const folder of ['packages', ...PROCESSES.map((one) => `apps/${one}`)])
    await cp(join(root, folder), join(staged, folder), { recursive: true, filter })
}

async function* serverEntries(staged: string): AsyncGenerator<TarEntry> {
  const isWanted = (path: string) => !NOTES.test(path) && !UNUSED.test(`${path}/`) && basename(path) !== 'testkit'
  yield* walkFolder(staged, 'errand', isWanted)
  yield { kind: 'text', path: 'etc/passwd', text: PASSWD }
}

/** PostgreSQL makes its files for a user that has a name. */
const PASSWD = `root:x:0:0:root:/root:/bin/bash
errand:x:10001:10001:errand:/tmp:/usr/sbin/nologin
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
`
