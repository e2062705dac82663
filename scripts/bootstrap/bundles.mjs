import { createHash } from 'node:crypto'
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { SetupError } from './fail.mjs'
import { NODE, ROOT } from './paths.mjs'
import { step } from './progress.mjs'
import { runTool } from './tool.mjs'

const WORDS = {
  runner: 'Runner',
  bridge: 'Bridge',
  local: 'Server',
  api: 'API',
  controller: 'Controller',
  gateway: 'Gateway',
}
/** By what a command needs. */
export const BUNDLES = {
  /** What goes into sandboxes goes there as one file. */
  runner: ['runner', 'bridge'],
  /** Fifteen hundred files take Node two seconds to load, and twice the memory for as long as it runs. */
  server: ['local'],
  /** The same in parts, as the image for clusters has it. */
  processes: ['api', 'controller', 'gateway'],
}

const BUNDLER = 'scripts/bootstrap/bundle.mjs'
const distOf = (name) => join(ROOT, `apps/${name}/dist`)
const NOTHING = { inputs: [], hash: '', parts: [], before: [] }

/**
 * A bundle's stamp names every source file esbuild read and the hash of all of them, so a change anywhere it reaches
 * rebuilds it; what lies in node_modules is covered by the lock file's hash. `before`: the parts of the bundle before it.
 */
export function isReady(name) {
  const dist = distOf(name)
  const { inputs, hash } = stampIn(dist, name)
  if (hash === '' || !existsSync(join(dist, `${name}.mjs`))) return false
  return inputs.every((file) => existsSync(join(ROOT, file))) && hashOf(inputs) === hash
}

function stampIn(dist, name) {
  const file = join(dist, `${name}.stamp.json`)
  return existsSync(file) ? { ...NOTHING, ...JSON.parse(readFileSync(file, 'utf8')) } : NOTHING
}

export async function build(name) {
  await step(`${WORDS[name]} bundle`, async () => {
    const dist = distOf(name)
    const [fresh, meta] = [join(dist, 'fresh'), join(dist, 'fresh/meta.json')]
    rmSync(fresh, { recursive: true, force: true })
    const { code, output } = await runTool(NODE, [BUNDLER, name, fresh, meta], { cwd: ROOT })
    if (code !== 0) throw new SetupError('installFailed', `The ${name} could not be bundled:`, output.trim())
    const { inputs: read, outputs } = JSON.parse(readFileSync(meta, 'utf8'))
    const inputs = [...read.filter((file) => !file.includes('node_modules/')), 'pnpm-lock.yaml', BUNDLER]
    const parts = outputs.map((path) => basename(path)).filter((file) => file !== `${name}.mjs`)
    const last = stampIn(dist, name)
    rmSync(join(dist, `${name}.stamp.json`), { force: true })
    // The bundle last: it names the others.
    for (const file of [...parts, `${name}.mjs`]) renameSync(join(fresh, file), join(dist, file))
    rmSync(fresh, { recursive: true })
    // A process of the bundle before may still want its parts; one of that before it is long gone.
    for (const file of last.before)
      if (![...parts, ...last.parts].includes(file)) rmSync(join(dist, file), { force: true })
    const stamp = { inputs, hash: hashOf(inputs), parts, before: last.parts }
    writeFileSync(join(dist, `${name}.stamp.json`), JSON.stringify(stamp))
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
