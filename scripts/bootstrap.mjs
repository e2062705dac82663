/**
 * The way into the repository: `npm start`, `npm test` and the rest all come through here, on any Node from 20 on.
 * It brings what is missing (Node 24, pnpm, Claude Code, the dependencies, the bundles for sandboxes and of the server, the pages), says so, and starts
 * the command on Node 24. When nothing is missing it prints nothing and costs some tens of milliseconds.
 */
import { join } from 'node:path'
import { COMMANDS } from './bootstrap/commands.mjs'
import { EXIT, SetupError } from './bootstrap/fail.mjs'
import { launch } from './bootstrap/launch.mjs'
import { withLock } from './bootstrap/lock.mjs'
import { ROOT } from './bootstrap/paths.mjs'
import { build, BUNDLES, isReady as isBundleReady } from './bootstrap/bundles.mjs'
import { installPrograms, missingPrograms } from './bootstrap/system.mjs'
import { installToolchain, isToolchainReady } from './bootstrap/toolchain.mjs'
import { buildWeb, isWebBuildReady } from './bootstrap/webBuild.mjs'
import { installWorkspace, isWorkspaceReady } from './bootstrap/workspace.mjs'

/** In the order they must happen; each is asked again under the lock, because another process may have done it. */
const STEPS = [
  { of: 'all', isReady: isToolchainReady, perform: installToolchain },
  { of: 'all', isReady: isWorkspaceReady, perform: installWorkspace },
  ...Object.entries(BUNDLES).flatMap(([of, names]) =>
    names.map((name) => ({ of, isReady: () => isBundleReady(name), perform: () => build(name) })),
  ),
  { of: 'web', isReady: isWebBuildReady, perform: buildWeb },
  { of: 'system', isReady: () => missingPrograms().length === 0, perform: installPrograms },
]

async function main([name, ...args]) {
  const command = COMMANDS[name]
  if (command === undefined)
    throw new SetupError(
      'usage',
      `There is no command "${name ?? ''}": use one of ${Object.keys(COMMANDS).join(', ')}.`,
    )
  const [major] = process.versions.node.split('.').map(Number)
  if (major < 20)
    throw new SetupError(
      'nodeTooOld',
      `Node ${process.versions.node} is too old to set Errand up: install Node 20 or newer, and run the command again.`,
    )
  const steps = STEPS.filter(({ of }) => of === 'all' || command.needs.includes(of))
  if (!steps.every(({ isReady }) => isReady())) {
    await withLock(async () => {
      for (const { isReady, perform } of steps) if (!isReady()) await perform()
    })
  }
  return command.run === null ? 0 : launch([join(ROOT, command.run[0]), ...command.run.slice(1), ...args])
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof SetupError) && error.code !== 'ENOSPC') throw error
  const known =
    error instanceof SetupError
      ? error
      : new SetupError('diskFull', 'The disk is full: free about 1 GB, and run the command again.')
  process.stderr.write(`✗ ${known.message}\n${known.detail === '' ? '' : `${known.detail}\n`}`)
  process.exitCode = EXIT[known.kind]
}
