import { createHash } from 'node:crypto'
import { cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress } from 'node:zlib'
import { SetupError } from './fail.mjs'
import { NODE, ROOT } from './paths.mjs'
import { step } from './progress.mjs'
import { runTool } from './tool.mjs'

const WEB = join(ROOT, 'apps/web')
const BUILT = join(WEB, '.next/standalone')
const DIST = join(WEB, 'dist')
const STAMP = join(DIST, 'web.stamp')
/** What the pages are made of. Other packages are used by their types alone; those in node_modules follow the lock file. */
const SOURCES = ['apps/web', 'packages/contracts', 'packages/domain', 'packages/surfaces']
const FILES = ['pnpm-lock.yaml', 'tsconfig.json', 'scripts/bootstrap/webBuild.mjs']
const NOT_SOURCES = new Set(['node_modules', '.next', 'dist', 'test'])
const TEST = /\.test\.tsx?$|\.md$|^next-env\.d\.ts$|\.tsbuildinfo$/

/** The stamp is the hash of every source; reading them all takes some tens of milliseconds. */
export function isWebBuildReady() {
  return existsSync(join(DIST, 'apps/web/server.js')) && existsSync(STAMP) && readFileSync(STAMP, 'utf8') === wanted()
}

export async function buildWeb() {
  await step('Pages', async () => {
    const before = wanted()
    const { code, output } = await runTool(NODE, ['node_modules/next/dist/bin/next', 'build'], {
      cwd: WEB,
      env: { NEXT_TELEMETRY_DISABLED: '1', NODE_ENV: 'production', CI: 'true' },
    })
    if (code !== 0) throw new SetupError('installFailed', 'The pages could not be built:', output.trim().slice(-4000))
    // Next leaves these two beside the server, for whoever has a CDN.
    cpSync(join(WEB, '.next/static'), join(BUILT, 'apps/web/.next/static'), { recursive: true })
    await packStatic(join(BUILT, 'apps/web/.next/static'))
    cpSync(join(WEB, 'public'), join(BUILT, 'apps/web/public'), { recursive: true })
    writeFileSync(join(BUILT, 'web.stamp'), before)
    rmSync(DIST, { recursive: true, force: true })
    renameSync(BUILT, DIST)
  })
}

/**
 * Beside each script and style a `.br` of it, packed as small as it gets: the front door serves that one. A fifth less than what
 * can be packed while somebody waits.
 */
async function packStatic(folder) {
  const files = readdirSync(folder, { recursive: true }).filter((file) => /\.(js|css)$/.test(file))
  const pack = promisify(brotliCompress)
  await Promise.all(
    files.map(async (file) => {
      const path = join(folder, file)
      writeFileSync(`${path}.br`, await pack(readFileSync(path)))
    }),
  )
}

function wanted() {
  const hash = createHash('sha256')
  for (const file of [...FILES, ...SOURCES.flatMap((folder) => sourcesIn(folder))])
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(join(ROOT, file)))
  return hash.digest('hex')
}

function sourcesIn(folder) {
  return readdirSync(join(ROOT, folder), { withFileTypes: true })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`
      if (entry.isDirectory()) return NOT_SOURCES.has(entry.name) ? [] : sourcesIn(path)
      return TEST.test(entry.name) ? [] : [path]
    })
}
