import { createHash } from 'node:crypto'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { join } from 'node:path'
import { explainInstallFailure, SetupError } from './fail.mjs'
import { CLAUDE, NODE, PNPM, ROOT, TOOLCHAIN } from './paths.mjs'
import { step } from './progress.mjs'
import { configuredRegistry, isOnPath, runTool } from './tool.mjs'

/**
 * Node 24, pnpm and Claude Code for this machine, from `scripts/toolchain/<platform>/package-lock.json`: versions and
 * hashes are pinned there. A toolchain lives in a folder named after that lock file, made under another name and
 * renamed when whole: the folder's existence is the proof that nothing of it is missing.
 */
export function isToolchainReady() {
  return [NODE, PNPM, CLAUDE].every(existsSync) && existsSync(home(platform()))
}

export async function installToolchain() {
  const target = platform()
  const lock = readLock(target)
  const label = `Node ${lock.node}, pnpm ${lock.pnpm}, Claude Code ${lock.claude}`
  await step(label, async () => {
    removeOthers(home(target), '.part-')
    if (!existsSync(home(target))) await fetchToolchain(target, label)
    link(home(target), target)
    removeOthers(home(target), '')
  })
}

/** The npm packages are built for glibc; where its loader is not at the usual place they would not start. */
const LOADERS = { x64: '/lib64/ld-linux-x86-64.so.2', arm64: '/lib/ld-linux-aarch64.so.1' }

function platform() {
  const loader = process.platform === 'linux' ? LOADERS[process.arch] : undefined
  if (loader !== undefined && existsSync(loader)) return `linux-${process.arch}`
  const here = `${process.platform} ${process.arch}${loader === undefined ? '' : ' without glibc'}`
  throw new SetupError(
    'unsupportedPlatform',
    `Errand runs on Linux with glibc on x64 or arm64, and this is ${here}: use a Debian or Ubuntu machine, VM or container.`,
  )
}

function home(target) {
  const hash = createHash('sha256')
    .update(readFileSync(lockFile(target)))
    .digest('hex')
    .slice(0, 12)
  return join(TOOLCHAIN, `tools-${hash}`)
}

function lockFile(target) {
  return join(ROOT, 'scripts', 'toolchain', target, 'package-lock.json')
}

function readLock(target) {
  const { dependencies } = JSON.parse(readFileSync(lockFile(target), 'utf8')).packages['']
  return {
    node: dependencies[`node-${target}`],
    pnpm: dependencies[`@pnpm/exe.${target}`],
    claude: dependencies[`@anthropic-ai/claude-code-${target}`],
  }
}

async function fetchToolchain(target, label) {
  if (!isOnPath('npm'))
    throw new SetupError(
      'npmMissing',
      'npm is not on PATH: install Node.js 20 or newer together with npm, and run the command again.',
    )
  const part = `${home(target)}.part-${process.pid}`
  mkdirSync(part, { recursive: true })
  for (const file of ['package.json', 'package-lock.json'])
    copyFileSync(join(ROOT, 'scripts', 'toolchain', target, file), join(part, file))
  // --ignore-scripts: these packages are plain binaries, nothing of them may run at install.
  const flags = [
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
    '--fetch-retries=2',
    '--fetch-retry-mintimeout=1000',
    '--fetch-retry-maxtimeout=5000',
  ]
  const { code, output } = await runTool('npm', ['ci', ...flags], { cwd: part })
  if (code !== 0) throw explainInstallFailure(label, output, configuredRegistry)
  for (const unused of ['include', 'share'])
    rmSync(join(part, 'node_modules', `node-${target}`, unused), { recursive: true, force: true })
  const started = await runTool(join(part, binaries(target).node), ['--version'])
  if (started.code !== 0)
    throw new SetupError(
      'installFailed',
      'The Node that was installed does not start on this machine:',
      started.output.trim(),
    )
  renameSync(part, home(target))
}

function binaries(target) {
  return {
    node: `node_modules/node-${target}/bin/node`,
    pnpm: `node_modules/@pnpm/exe.${target}/pnpm`,
    claude: `node_modules/@anthropic-ai/claude-code-${target}/claude`,
  }
}

function link(folder, target) {
  mkdirSync(join(TOOLCHAIN, 'bin'), { recursive: true })
  for (const [name, file] of Object.entries(binaries(target))) {
    const fresh = join(TOOLCHAIN, 'bin', `.${name}.${process.pid}`)
    symlinkSync(join('..', folder.slice(TOOLCHAIN.length + 1), file), fresh)
    renameSync(fresh, join(TOOLCHAIN, 'bin', name))
  }
}

/** What a killed setup left half-made goes first, it may fill the disk; older toolchains go once this one is linked. */
function removeOthers(current, marked) {
  for (const name of readdirSync(TOOLCHAIN)) {
    const path = join(TOOLCHAIN, name)
    if (name.startsWith('tools-') && name.includes(marked) && path !== current)
      rmSync(path, { recursive: true, force: true, maxRetries: 5 })
  }
}
