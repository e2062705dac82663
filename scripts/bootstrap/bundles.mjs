import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { SetupError } from './fail.mjs'
import { NODE, ROOT } from './paths.mjs'
import { step } from './progress.mjs'
import { runTool } from './tool.mjs'

/** What goes into sandboxes goes there as one file. */
const NAMES = ['runner', 'bridge']

const entryOf = (name) => `apps/${name}/main.ts`
const bundleOf = (name) => join(ROOT, `apps/${name}/dist/${name}.mjs`)
const stampOf = (name) => join(ROOT, `apps/${name}/dist/${name}.stamp.json`)

/**
 * A bundle's stamp names every source file esbuild read and the hash of all of them, so a change anywhere it reaches
 * rebuilds it; what lies in node_modules is covered by the lock file's hash.
 */
export function areBundlesReady() {
  return NAMES.every(isReady)
}

function isReady(name) {
  if (!existsSync(bundleOf(name)) || !existsSync(stampOf(name))) return false
  const stamp = JSON.parse(readFileSync(stampOf(name), 'utf8'))
  return stamp.inputs.every((file) => existsSync(join(ROOT, file))) && hashOf(stamp.inputs) === stamp.hash
}

export async function buildBundles() {
  for (const name of NAMES) if (!isReady(name)) await build(name)
}

async function build(name) {
  await step(`${name === 'runner' ? 'Runner' : 'Bridge'} bundle`, async () => {
    const [bundle, stamp] = [bundleOf(name), stampOf(name)]
    const folder = dirname(bundle)
    const [fresh, meta] = [join(folder, `.${name}.mjs`), join(folder, `.${name}.meta.json`)]
    mkdirSync(folder, { recursive: true })
    rmSync(stamp, { force: true })
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
      ['node_modules/esbuild/bin/esbuild', entryOf(name), ...flags, banner, `--outfile=${fresh}`, `--metafile=${meta}`],
      { cwd: ROOT },
    )
    if (code !== 0) throw new SetupError('installFailed', `The ${name} could not be bundled:`, output.trim())
    const inputs = Object.keys(JSON.parse(readFileSync(meta, 'utf8')).inputs).filter(
      (file) => !file.includes('node_modules/'),
    )
    inputs.push('pnpm-lock.yaml')
    renameSync(fresh, bundle)
    rmSync(meta)
    writeFileSync(stamp, JSON.stringify({ inputs, hash: hashOf(inputs) }))
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
