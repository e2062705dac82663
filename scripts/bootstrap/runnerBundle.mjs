import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { SetupError } from './fail.mjs'
import { NODE, ROOT } from './paths.mjs'
import { step } from './progress.mjs'
import { runTool } from './tool.mjs'

const ENTRY = 'apps/runner/main.ts'
const BUNDLE = join(ROOT, 'apps/runner/dist/runner.mjs')
const STAMP = join(ROOT, 'apps/runner/dist/runner.stamp.json')

/**
 * The runner goes into sandboxes as one file. Its stamp names every source file esbuild read and the hash of all of
 * them, so a change anywhere it reaches rebuilds it; what lies in node_modules is covered by the lock file's hash.
 */
export function isRunnerBundleReady() {
  // Until the runner is written there is nothing to bundle.
  if (!existsSync(join(ROOT, ENTRY))) return true
  if (!existsSync(BUNDLE) || !existsSync(STAMP)) return false
  const stamp = JSON.parse(readFileSync(STAMP, 'utf8'))
  return stamp.inputs.every((file) => existsSync(join(ROOT, file))) && hashOf(stamp.inputs) === stamp.hash
}

export async function buildRunnerBundle() {
  await step('Runner bundle', async () => {
    const folder = dirname(BUNDLE)
    const [fresh, meta] = [join(folder, '.runner.mjs'), join(folder, '.runner.meta.json')]
    mkdirSync(folder, { recursive: true })
    rmSync(STAMP, { force: true })
    const flags = [
      '--bundle',
      '--platform=node',
      '--target=node24',
      '--format=esm',
      '--legal-comments=none',
      '--log-level=warning',
    ]
    // Some dependencies are CommonJS and call require(), which an ES module does not have.
    const banner = `--banner:js=import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);`
    const { code, output } = await runTool(
      NODE,
      ['node_modules/esbuild/bin/esbuild', ENTRY, ...flags, banner, `--outfile=${fresh}`, `--metafile=${meta}`],
      { cwd: ROOT },
    )
    if (code !== 0) throw new SetupError('installFailed', 'The runner could not be bundled:', output.trim())
    const inputs = Object.keys(JSON.parse(readFileSync(meta, 'utf8')).inputs).filter(
      (file) => !file.includes('node_modules/'),
    )
    inputs.push('pnpm-lock.yaml')
    renameSync(fresh, BUNDLE)
    rmSync(meta)
    writeFileSync(STAMP, JSON.stringify({ inputs, hash: hashOf(inputs) }))
  })
}

function hashOf(files) {
  const hash = createHash('sha256')
  for (const file of files)
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(join(ROOT, file)))
  return hash.digest('hex')
}
